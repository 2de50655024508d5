using System.Data.Common;
using System.Runtime.InteropServices;
using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.GcPauses.Rows;

namespace FleetProf.Silo.GcPauses.Rollups;

/// <summary>Windows of instances at one level, on one snapshot: stored where they are rolled up, computed from finer ones where they are not yet.</summary>
internal sealed class LeveledReading : IDisposable
{
    private readonly long levelMs;
    private readonly List<(RowReader Reader, long UntilMs)> parts = [];

    public LeveledReading(DbConnection connection, long levelMs, bool withLongest, WindowSelection? selection = null)
    {
        this.levelMs = levelMs;
        var levels = TrendLevels.Read(connection);
        foreach (var level in TrendLevel.RolledUp.Where(level => level <= levelMs).OrderDescending())
        {
            parts.Add((new RowReader(connection, level, withLongest, selection), levels.Of(level).RolledTo));
        }

        parts.Add((new RowReader(connection, TrendLevel.WindowMs, withLongest, selection), long.MaxValue));
    }

    /// <summary>By start.</summary>
    public List<PauseWindow> Read(string instanceId, long fromMs, long toMs) => [.. Stream(instanceId, fromMs, toMs)];

    /// <summary>As <see cref="Read"/>, one by one; no two at once.</summary>
    public IEnumerable<PauseWindow> Stream(string instanceId, long fromMs, long toMs)
    {
        var ofOne = new List<PauseWindow>();
        foreach (var window in Rows(instanceId, fromMs, toMs))
        {
            if (ofOne.Count > 0 && TrendLevel.StartOf(window.StartMs, levelMs) != TrendLevel.StartOf(ofOne[0].StartMs, levelMs))
            {
                yield return Roll(ofOne);
                ofOne.Clear();
            }

            ofOne.Add(window);
        }

        if (ofOne.Count > 0)
        {
            yield return Roll(ofOne);
        }
    }

    public void Dispose() => parts.ForEach(part => part.Reader.Dispose());

    private IEnumerable<PauseWindow> Rows(string instanceId, long fromMs, long toMs)
    {
        var from = fromMs;
        foreach (var (reader, until) in parts)
        {
            var to = Math.Min(until, toMs);
            if (from >= to)
            {
                continue;
            }

            foreach (var window in reader.Stream(instanceId, from, to))
            {
                yield return window;
            }

            from = to;
        }
    }

    private PauseWindow Roll(List<PauseWindow> windows) => WindowRollup.Merge(CollectionsMarshal.AsSpan(windows), TrendLevel.StartOf(windows[0].StartMs, levelMs));
}

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

    public LeveledReading(DbConnection connection, long levelMs, bool withLongest)
    {
        this.levelMs = levelMs;
        var levels = TrendLevels.Read(connection);
        foreach (var level in TrendLevel.RolledUp.Where(level => level <= levelMs).OrderDescending())
        {
            parts.Add((new RowReader(connection, level, withLongest), levels.Of(level).RolledTo));
        }

        parts.Add((new RowReader(connection, TrendLevel.WindowMs, withLongest), long.MaxValue));
    }

    /// <summary>By start.</summary>
    public List<PauseWindow> Read(string instanceId, long fromMs, long toMs)
    {
        var windows = new List<PauseWindow>();
        var from = fromMs;
        foreach (var (reader, until) in parts)
        {
            var to = Math.Min(until, toMs);
            if (from < to)
            {
                reader.Read(instanceId, from, to, windows);
                from = to;
            }
        }

        return WindowRollup.ToLevel(CollectionsMarshal.AsSpan(windows), levelMs);
    }

    public void Dispose() => parts.ForEach(part => part.Reader.Dispose());
}

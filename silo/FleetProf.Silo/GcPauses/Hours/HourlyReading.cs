using System.Data.Common;
using Dapper;
using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.GcPauses.Rollups;
using FleetProf.Silo.GcPauses.Rows;

namespace FleetProf.Silo.GcPauses.Hours;

/// <summary>Ten-second steps of instances on one snapshot: of hours that are packed as such, of others from their windows.</summary>
internal sealed class HourlyReading(DbConnection connection, IReadOnlyList<string> fields, WindowSelection selection) : IDisposable
{
    private readonly LeveledReading windows = new(connection, TrendLevel.WindowMs, withLongest: false, selection);

    /// <summary>The steps of one instance, in order of time, in parts: a packed hour, or steps that are to be used up before the next part is asked for.</summary>
    /// <param name="span">The instance, and when it existed.</param>
    /// <param name="range">Whole steps of ten seconds.</param>
    public IEnumerable<(PackedHour? Hour, IEnumerable<TrendStep> Steps)> Read(InstanceSpan span, TrendRange range)
    {
        var from = range.FromMs;
        foreach (var hour in ReadHours(span.InstanceId, range))
        {
            if (from < hour.StartMs)
            {
                yield return (null, StepsOf(span, range with { FromMs = from, ToMs = hour.StartMs }));
            }

            yield return (hour, []);
            from = hour.EndMs;
        }

        if (from < range.ToMs)
        {
            yield return (null, StepsOf(span, range with { FromMs = from }));
        }
    }

    public void Dispose() => windows.Dispose();

    private IEnumerable<TrendStep> StepsOf(InstanceSpan span, TrendRange range) =>
        TrendSteps.OfInstance(windows.Stream(span.InstanceId, range.FromMs, range.ToMs), span, range);

    /// <summary>Those that are wholly in the range and have all figures.</summary>
    private List<PackedHour> ReadHours(string instanceId, TrendRange range) =>
        [.. connection.Query<(long StartMs, byte[] Packed)>(
            "SELECT window_start, packed FROM trend_hours WHERE instance_id = @instanceId AND window_start >= @FromMs AND window_start <= @last ORDER BY window_start",
            new { instanceId, range.FromMs, last = range.ToMs - PackedHour.LengthMs })
            .Select(row => PackedHour.Read(row.StartMs, row.Packed)).OfType<PackedHour>().Where(hour => hour.Has(fields))];
}

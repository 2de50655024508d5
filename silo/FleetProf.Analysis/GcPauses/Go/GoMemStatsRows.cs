using FleetProf.Measures.GcPauses.Go;

namespace FleetProf.Analysis.GcPauses.Go;

/// <summary>The collections that a Go program's memory statistics still hold, 256 at most, as rows of the GC table. Only when and how long is known.</summary>
public static class GoMemStatsRows
{
    private const double NanosecondsPerMs = 1e6;

    /// <summary>Unix time in nanoseconds at which the first of them began to stop the program; null without any.</summary>
    public static long? StartNs(GoMemStats stats) => stats.NumGc == 0 ? null : StartNs(stats, FirstOf(stats));

    /// <summary>By number. Times count from <see cref="StartNs(GoMemStats)"/>; a pause is both stops of its collection together.</summary>
    public static IReadOnlyList<GcTableRow> Of(GoMemStats stats)
    {
        var first = FirstOf(stats);
        var rows = new List<GcTableRow>();
        for (var number = first; number <= stats.NumGc; number++)
        {
            var (pauseMs, endNs) = (stats.PauseNs[PlaceOf(number)] / NanosecondsPerMs, stats.PauseEndNs[PlaceOf(number)]);
            double? betweenMs = number > first ? (endNs - stats.PauseEndNs[PlaceOf(number - 1)]) / NanosecondsPerMs : null;
            rows.Add(new GcTableRow
            {
                Index = (int)number,
                PauseStartMs = (StartNs(stats, number) - StartNs(stats, first)) / NanosecondsPerMs,
                Reason = "",
                Generation = 2,
                GenerationName = "Full",
                Type = "Go",
                SuspendMs = null,
                PauseMs = pauseMs,
                PauseTimePercent = betweenMs is > 0 ? Math.Min(100, pauseMs * 100 / betweenMs.Value) : null,
            });
        }

        return rows;
    }

    private static long FirstOf(GoMemStats stats) => Math.Max(1, stats.NumGc - GoMemStats.RingLength + 1);

    /// <summary>The runtime tells the end; the last stop is taken for the whole pause.</summary>
    private static long StartNs(GoMemStats stats, long number) => stats.PauseEndNs[PlaceOf(number)] - stats.PauseNs[PlaceOf(number)];

    private static int PlaceOf(long number) => (int)((number + GoMemStats.RingLength - 1) % GoMemStats.RingLength);
}

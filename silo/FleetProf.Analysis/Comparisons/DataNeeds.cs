using System.Globalization;
using FleetProf.Analysis.GcPauses;

namespace FleetProf.Analysis.Comparisons;

/// <summary>What a side must have before anything is said about it.</summary>
public static class DataNeeds
{
    /// <summary>Ten-second windows of all instances together. Enough for large effects; small ones come out inconclusive.</summary>
    public const int LeastWindows = 4;

    public const int LeastGcs = 10;

    /// <summary>Below, what was not watched may have been different.</summary>
    public const double LeastObserved = 0.7;

    /// <summary>The last windows come some seconds after their end: where less is missing, nothing is.</summary>
    private static readonly TimeSpan LatestArrival = TimeSpan.FromMinutes(1);

    /// <summary>Whether waiting may help. Null when there is enough.</summary>
    public static string? Missing(ComparedSide side)
    {
        if (side.WindowCount < LeastWindows)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{side.Version} has {side.WindowCount} {(side.WindowCount == 1 ? "window" : "windows")}, {LeastWindows} are needed");
        }

        return side.GcCount < LeastGcs
            ? string.Create(CultureInfo.InvariantCulture, $"{side.Version} has {side.GcCount} {(side.GcCount == 1 ? "GC" : "GCs")} in {side.WindowCount} windows, {LeastGcs} are needed")
            : null;
    }

    /// <summary>
    /// When a side was last seen that was to run until the end of a time and ended long before: what has died or was taken back has not passed. Null when
    /// it ran on, or was not seen at all.
    /// </summary>
    public static string? EndedEarly(ComparedSide side, DateTimeOffset from, DateTimeOffset to)
    {
        if (side.WindowCount == 0)
        {
            return null;
        }

        var seenTo = side.Spans.Max(span => EndOf(span));
        var part = (seenTo - from) / (to - from);
        return part < LeastObserved && to - seenTo > LatestArrival
            ? string.Create(CultureInfo.InvariantCulture, $"{side.Version} was last seen at {seenTo.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, after {Math.Max(0, part) * 100:0} % of its time, {LeastObserved * 100:0} % are needed")
            : null;
    }

    /// <summary>
    /// How many processes of a side that was to run until the end of a time ended before it; null where those are not the most. Between its crashes a
    /// service may look well. One restart of all of them, or one that is moved, is no crash loop; what ran for most of the time and then ended has told enough.
    /// </summary>
    public static string? MostlyEnded(ComparedSide side, DateTimeOffset from, DateTimeOffset to)
    {
        var enough = (to - from) * LeastObserved;
        var spans = side.Spans;
        var ended = spans.Count(span => to - EndOf(span) > LatestArrival && span.EndMs - span.FirstMs < enough.TotalMilliseconds);
        return ended > spans.Count - ended
            ? string.Create(CultureInfo.InvariantCulture, $"{ended} of {spans.Count} processes of {side.Version} ended in its time, more than ran on")
            : null;
    }

    private static DateTimeOffset EndOf(InstanceSpan span) => DateTimeOffset.FromUnixTimeMilliseconds(span.EndMs);

    /// <summary>Why nothing at all can be said of a side; null when something can.</summary>
    internal static string? Unusable(ComparedSide side)
    {
        if (side.WindowCount < LeastWindows)
        {
            return Missing(side);
        }

        return side.ObservedFraction < LeastObserved
            ? string.Create(CultureInfo.InvariantCulture, $"only {side.ObservedFraction * 100:0} % of the time of {side.Version} was watched, {LeastObserved * 100:0} % are needed")
            : null;
    }
}

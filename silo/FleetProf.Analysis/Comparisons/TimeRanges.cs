using FleetProf.Analysis.GcPauses;

namespace FleetProf.Analysis.Comparisons;

/// <summary>Which windows a comparison looks at when the caller leaves it open.</summary>
public static class TimeRanges
{
    /// <summary>A short soak alone would compare with a short moment, which may have been a special one.</summary>
    private static readonly TimeSpan ShortestBaseline = TimeSpan.FromMinutes(10);

    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>
    /// After a silo or its database was away, its agents are back and have sent what they kept within so long: they come back within half a minute, and a
    /// day of windows is sent in seconds.
    /// </summary>
    public static readonly TimeSpan Return = TimeSpan.FromMinutes(2);

    /// <summary>All since the candidate appeared, at most the last day.</summary>
    public static DateTimeOffset CandidateFrom(DateTimeOffset appeared, DateTimeOffset to)
    {
        var earliest = to - Longest;
        return appeared > to ? to : appeared < earliest ? earliest : appeared;
    }

    /// <summary>As long before the candidate appeared as the candidate is looked at, at least ten minutes.</summary>
    public static DateTimeOffset BaselineFrom(DateTimeOffset baselineTo, TimeSpan candidateLength) =>
        baselineTo - (candidateLength < ShortestBaseline ? ShortestBaseline : candidateLength > Longest ? Longest : candidateLength);

    /// <summary>The steps that lie wholly in a time, Unix milliseconds; where none does, the one in which its middle is.</summary>
    public static TrendRange WholeSteps(long fromMs, long toMs, long stepMs)
    {
        var (first, end) = (TrendLevel.StartOf(fromMs + stepMs - 1, stepMs), TrendLevel.StartOf(toMs, stepMs));
        if (first < end) return new TrendRange(first, end, stepMs);
        var middle = TrendLevel.StartOf(fromMs + ((toMs - fromMs) / 2), stepMs);
        return new TrendRange(middle, middle + stepMs, stepMs);
    }

    /// <summary>How long a due comparison waits for windows that are still missing: twice its soak more, from half a minute to ten minutes.</summary>
    public static DateTimeOffset WaitUntil(DateTimeOffset createdAt, DateTimeOffset dueAt) =>
        dueAt <= createdAt ? dueAt : dueAt + TimeSpan.FromSeconds(Math.Clamp((dueAt - createdAt).TotalSeconds * 2, 30, 600));
}

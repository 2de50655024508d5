namespace FleetProf.Agent.Control;

/// <summary>
/// How long a window that is finished waits at its agent. All agents end theirs at the same multiple of ten seconds; where there are so many that the
/// silo wants fewer previews, they do not all come within the same second.
/// </summary>
internal static class WindowDelay
{
    private static readonly TimeSpan ShortestPace = TimeSpan.FromSeconds(1);

    /// <summary>Less than the length of a window by the second that one waits for late events, and one more: it is gone before the next is there.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(8);

    /// <param name="pace">Between two previews, as the silo wishes.</param>
    /// <param name="phase">Between 0 and 1, another in every agent.</param>
    public static TimeSpan Of(TimeSpan pace, double phase) => pace <= ShortestPace ? TimeSpan.Zero : phase * (pace < Longest ? pace : Longest);
}

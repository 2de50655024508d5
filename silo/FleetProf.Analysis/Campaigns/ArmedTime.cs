namespace FleetProf.Analysis.Campaigns;

/// <summary>How long a capture may wait for a pause.</summary>
public static class ArmedTime
{
    public const double MinPauseMs = 1;
    public const double MaxPauseMs = 60_000;

    /// <summary>Of a deadline beyond the recording time, so that there is something left to wait in.</summary>
    public static readonly TimeSpan ShortestDeadline = TimeSpan.FromMinutes(2);

    /// <summary>What a target needs to say its methods' names, and its agent to upload, before the deadline stops both.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(45);

    /// <summary>A wait that is shorter hardly ever meets a pause.</summary>
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(30);

    /// <summary>Seconds that an agent waits which is told now, so that a recording that begins at the last moment is over before the deadline. At least 1.</summary>
    public static int SecondsOf(DateTimeOffset now, DateTimeOffset deadline, int durationSeconds) =>
        (int)Math.Clamp((deadline - now - Rest).TotalSeconds - durationSeconds, 1, int.MaxValue);

    /// <summary>The last moment at which telling an agent to wait is of use.</summary>
    public static DateTimeOffset LatestStart(DateTimeOffset deadline, int durationSeconds) => deadline - Rest - ShortestWait - TimeSpan.FromSeconds(durationSeconds);
}

namespace FleetProf.Analysis.GcPauses;

/// <summary>Lengths of windows in the trend store, in milliseconds: as agents send them, and rolled up. Each is a whole multiple of the one before.</summary>
public static class TrendLevel
{
    public const long WindowMs = PauseWindow.LengthMs;
    public const long MinuteMs = 60_000;
    public const long QuarterMs = 900_000;

    /// <summary>Levels that are rolled up, the finest first.</summary>
    public static IReadOnlyList<long> RolledUp { get; } = [MinuteMs, QuarterMs];

    /// <summary>The coarsest level that a step consists of.</summary>
    public static long ForStep(long stepMs) => stepMs % QuarterMs == 0 ? QuarterMs : stepMs % MinuteMs == 0 ? MinuteMs : WindowMs;

    /// <summary>The level that this one is rolled up from.</summary>
    public static long Below(long levelMs) => levelMs == QuarterMs ? MinuteMs : WindowMs;

    public static long StartOf(long timeMs, long lengthMs) => timeMs / lengthMs * lengthMs;
}

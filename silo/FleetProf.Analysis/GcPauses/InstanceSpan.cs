namespace FleetProf.Analysis.GcPauses;

/// <summary>From the start of an instance's first window to the end of its last one, Unix milliseconds.</summary>
public readonly record struct InstanceSpan(string InstanceId, long FirstMs, long EndMs)
{
    /// <summary>How much of a range it existed.</summary>
    public long OverlapMs(long fromMs, long toMs) => Math.Max(0, Math.Min(EndMs, toMs) - Math.Max(FirstMs, fromMs));
}

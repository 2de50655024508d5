namespace FleetProf.Workloads;

/// <summary>The process's own count, for people and tests that check FleetProf's.</summary>
internal sealed record GcCounts(int Gen0, int Gen1, int Gen2, double PauseMs, long AllocatedBytes)
{
    public static GcCounts Now() => new(
        GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2), GC.GetTotalPauseDuration().TotalMilliseconds, GC.GetTotalAllocatedBytes());
}

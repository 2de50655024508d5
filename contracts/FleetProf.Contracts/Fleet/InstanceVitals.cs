namespace FleetProf.Contracts.Fleet;

/// <summary>What the running window and the last minute say about a process; not durable.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.instance-vitals")]
public sealed record InstanceVitals
{
    [Id(0)] public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Longest pause of the latest window that had a GC, in milliseconds.</summary>
    [Id(1)] public double LastPauseMs { get; init; }

    [Id(2)] public DateTimeOffset? LastGcAt { get; init; }

    /// <summary>Over the last minute, in milliseconds.</summary>
    [Id(3)] public double PauseP99Ms { get; init; }

    [Id(4)] public double MaxPauseMs { get; init; }

    /// <summary>Sum of pauses over the observed time of the last minute, 0 to 100.</summary>
    [Id(5)] public double TimeInGcPercent { get; init; }

    /// <summary>All generations after the last GC.</summary>
    [Id(6)] public long HeapBytes { get; init; }

    [Id(7)] public double AllocatedBytesPerSecond { get; init; }

    [Id(8)] public long WorkingSetBytes { get; init; }

    [Id(9)] public double CpuCores { get; init; }

    /// <summary>GCs seen since the agent began to watch this instance.</summary>
    [Id(10)] public long GcCount { get; init; }

    /// <summary>Nothing of the last minute was watched: its pauses, its time in GC and its allocation are not known, and the heap is an old one or 0. CPU and working set are right.</summary>
    [Id(11)] public bool IsUnwatched { get; init; }
}

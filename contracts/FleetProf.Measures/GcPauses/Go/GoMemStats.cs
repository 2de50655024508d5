namespace FleetProf.Measures.GcPauses.Go;

/// <summary>
/// What a Go program says of its memory: the tail of /debug/pprof/heap?debug=1. Bytes and counts are as of the moment of the request;
/// totals count from the program's start. Source: runtime.MemStats.
/// </summary>
public sealed record GoMemStats
{
    /// <summary>Collections whose pauses the ring holds.</summary>
    public const int RingLength = 256;

    public required long HeapAllocBytes { get; init; }

    public required long NumGc { get; init; }

    /// <summary>Pause of a collection, both stops together, in nanoseconds. Collection n lies at (n + 255) % 256. Always 256 of them.</summary>
    public required IReadOnlyList<long> PauseNs { get; init; }

    /// <summary>When a collection ended, in nanoseconds since 1970; as <see cref="PauseNs"/>.</summary>
    public required IReadOnlyList<long> PauseEndNs { get; init; }

    public long TotalAllocBytes { get; init; }

    /// <summary>All memory taken from the operating system.</summary>
    public long SysBytes { get; init; }

    public long HeapSysBytes { get; init; }

    public long HeapIdleBytes { get; init; }

    public long HeapInUseBytes { get; init; }

    public long HeapReleasedBytes { get; init; }

    public long HeapObjects { get; init; }

    public long StackInUseBytes { get; init; }

    /// <summary>The heap size at which the next collection is to be over.</summary>
    public long NextGcBytes { get; init; }

    public long NumForcedGc { get; init; }

    /// <summary>Share of the processors' time since the program's start.</summary>
    public double GcCpuFraction { get; init; }

    /// <summary>Room in used spans that holds no object.</summary>
    public long FragmentedBytes => Math.Max(0, HeapInUseBytes - HeapAllocBytes);

    internal static int PlaceOf(long number) => (int)((number + RingLength - 1) % RingLength);
}

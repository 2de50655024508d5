namespace FleetProf.Contracts.Captures;

/// <summary>Head figures of an analysed artifact, from the analyzer's summary.json.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.capture-summary")]
public sealed record CaptureSummary
{
    /// <summary>Recorded time span, in milliseconds.</summary>
    [Id(0)] public double DurationMs { get; init; }

    [Id(1)] public long EventCount { get; init; }

    [Id(2)] public long LostEvents { get; init; }

    [Id(3)] public long CpuSampleCount { get; init; }

    [Id(4)] public long AllocSampleCount { get; init; }

    [Id(5)] public int GcCount { get; init; }

    [Id(6)] public int ThreadCount { get; init; }

    /// <summary>Objects in a heap snapshot; 0 for other kinds.</summary>
    [Id(7)] public long ObjectCount { get; init; }

    /// <summary>Shallow bytes of all objects of a heap snapshot.</summary>
    [Id(8)] public long HeapBytes { get; init; }

    /// <summary>Whether a heap snapshot holds the whole heap; true for other kinds.</summary>
    [Id(9)] public bool IsComplete { get; init; } = true;

    /// <summary>Why it is not complete.</summary>
    [Id(10)] public string? IncompleteReason { get; init; }

    /// <summary>
    /// How much of the heap a snapshot demonstrably holds, 0 to 1: walked bytes against the runtime's own live bytes at that collection, less
    /// references that are missing. Null for other kinds, and where nothing is there to compare it with.
    /// </summary>
    [Id(11)] public double? Fidelity { get; init; }

    /// <summary>The same for a person; null for other kinds.</summary>
    [Id(12)] public string? FidelitySentence { get; init; }

    /// <summary>"Go" for its profiles; null for .NET. Profiles of two runtimes are never put into one figure.</summary>
    [Id(13)] public string? Runtime { get; init; }

    /// <summary>What a reader should know before trusting the figures, for people; null where nobody kept it.</summary>
    [Id(14)] public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>Those of <see cref="EventCount"/> that only name methods and modules, written when the recording is over; 0 where there are none and where nobody kept it.</summary>
    [Id(15)] public long RundownEventCount { get; init; }

    /// <summary>
    /// The time that a CPU sample stands for, in milliseconds: the sampler of .NET slows down with the number of threads. Null for other kinds, and where nobody kept it.
    /// </summary>
    [Id(16)] public double? CpuSamplePeriodMs { get; init; }
}

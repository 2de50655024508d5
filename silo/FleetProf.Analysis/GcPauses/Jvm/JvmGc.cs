namespace FleetProf.Analysis.GcPauses.Jvm;

/// <summary>One collection of a Java virtual machine: everything its log says under one GC number. It has at least one pause.</summary>
public sealed record JvmGc
{
    /// <summary>One-based; a machine that was started again in the same log is the next one.</summary>
    public required int Run { get; init; }

    /// <summary>Counted by the virtual machine from 0.</summary>
    public required int Number { get; init; }

    /// <summary>"G1", "Parallel", "The Z Garbage Collector"; null where the log begins later.</summary>
    public string? Collector { get; init; }

    /// <summary>What is collected: "Young", "Mixed", "Full", or "Concurrent" for a cycle beside the program.</summary>
    public required string Name { get; init; }

    /// <summary>"G1 Evacuation Pause", "System.gc()"; null where the log gives none.</summary>
    public string? Cause { get; init; }

    /// <summary>In the order of the log.</summary>
    public required IReadOnlyList<JvmPause> Pauses { get; init; }

    /// <summary>Wall time of its phases beside the program.</summary>
    public double ConcurrentMs { get; init; }

    public long? HeapBeforeBytes { get; init; }

    public long? HeapAfterBytes { get; init; }

    /// <summary>The size of the heap, free space included.</summary>
    public long? CapacityBytes { get; init; }

    public double PauseMs => Pauses.Sum(pause => pause.PauseMs);
}

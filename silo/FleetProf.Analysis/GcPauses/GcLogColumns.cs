namespace FleetProf.Analysis.GcPauses;

/// <summary>What logs of Go and Java say of a collection beyond PerfView's columns; null where a log does not. Sizes in millions of bytes.</summary>
public sealed record GcLogColumns
{
    /// <summary>One-based number of the program's run in the log; times and indexes count from each run's start.</summary>
    public required int Run { get; init; }

    /// <summary>How often the program stood still for this collection.</summary>
    public required int Pauses { get; init; }

    /// <summary>The longest of them.</summary>
    public required double LongestPauseMs { get; init; }

    /// <summary>Go's first stop: sweep termination.</summary>
    public double? FirstPauseMs { get; init; }

    /// <summary>Go's second stop: mark termination.</summary>
    public double? LastPauseMs { get; init; }

    /// <summary>Wall time of the work beside the running program.</summary>
    public double? ConcurrentMs { get; init; }

    public double? GoalMB { get; init; }

    /// <summary>The heap with its free space.</summary>
    public double? CapacityMB { get; init; }

    /// <summary>Processor time that allocating goroutines had to give.</summary>
    public double? AssistCpuMs { get; init; }

    public double? BackgroundCpuMs { get; init; }

    public double? IdleCpuMs { get; init; }

    public int? Processors { get; init; }
}

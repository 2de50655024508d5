namespace FleetProf.Measures.GcPauses.Go;

/// <summary>
/// One collection of a Go program, as a line of GODEBUG=gctrace=1 tells it. Go has no generations: each collects the whole heap,
/// concurrently, between two stops of the world. Sizes are whole mebibytes, cut by the runtime. Source: package runtime,
/// "Environment Variables", and the runtime's mgc.go.
/// </summary>
public readonly record struct GoGc
{
    /// <summary>One-based; a program that was started again in the same log is the next one.</summary>
    public int Run { get; init; }

    /// <summary>Counted by the runtime from 1.</summary>
    public required int Number { get; init; }

    /// <summary>When it began, in seconds since the program's start, to the millisecond.</summary>
    public required double AtSeconds { get; init; }

    /// <summary>Share of all processor time since the program's start that went into collections.</summary>
    public required int CpuPercentSinceStart { get; init; }

    /// <summary>The first stop of the world: sweep termination.</summary>
    public required double SweepTerminationMs { get; init; }

    /// <summary>Wall time of marking between the stops, while the program runs.</summary>
    public required double ConcurrentMs { get; init; }

    /// <summary>The second stop of the world: mark termination.</summary>
    public required double MarkTerminationMs { get; init; }

    /// <summary>Processor time that allocating goroutines had to give to the marking.</summary>
    public required double AssistCpuMs { get; init; }

    /// <summary>Processor time of the background markers.</summary>
    public required double BackgroundCpuMs { get; init; }

    /// <summary>Processor time of marking on processors that had nothing else to do.</summary>
    public required double IdleCpuMs { get; init; }

    /// <summary>The heap when the collection began.</summary>
    public required long HeapBeforeMiB { get; init; }

    /// <summary>The heap when the marking ended: its peak.</summary>
    public required long HeapAfterMiB { get; init; }

    /// <summary>What was found alive.</summary>
    public required long LiveMiB { get; init; }

    /// <summary>Null where there is none: GOGC is off, and no GOMEMLIMIT set.</summary>
    public required long? GoalMiB { get; init; }

    /// <summary>Null before Go 1.18.</summary>
    public long? StacksMiB { get; init; }

    /// <summary>Null before Go 1.18.</summary>
    public long? GlobalsMiB { get; init; }

    public required int Processors { get; init; }

    /// <summary>By a call of runtime.GC.</summary>
    public bool IsForced { get; init; }

    public double PauseMs => SweepTerminationMs + MarkTerminationMs;

    /// <summary>When it ended, in seconds since the program's start.</summary>
    public double EndSeconds => AtSeconds + (PauseMs + ConcurrentMs) / 1000;
}

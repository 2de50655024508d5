namespace FleetProf.Contracts.GcPauses;

/// <summary>One of the longest GCs of a service. Times in milliseconds, sizes in bytes.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.long-gc")]
public sealed record LongGc
{
    [Id(0)] public required string Instance { get; init; }

    [Id(1)] public string Version { get; init; } = "";

    /// <summary>Its number in the process.</summary>
    [Id(2)] public long Number { get; init; }

    [Id(3)] public int Generation { get; init; }

    /// <summary>"blocking", "background", "foreground"; the first and the second pause of a background GC count together.</summary>
    [Id(4)] public string Kind { get; init; } = "";

    /// <summary>Why it ran, as the runtime names it: "AllocSmall", "Induced", ...</summary>
    [Id(5)] public string Reason { get; init; } = "";

    [Id(6)] public double PauseMs { get; init; }

    /// <summary>Part of the pause until all threads had stopped.</summary>
    [Id(7)] public double SuspendMs { get; init; }

    [Id(8)] public DateTimeOffset EndedAt { get; init; }

    [Id(9)] public long PromotedBytes { get; init; }

    [Id(10)] public PauseCause Cause { get; init; }

    /// <summary>A sentence with the figures that the cause rests on; empty for ordinary ones.</summary>
    [Id(11)] public string Evidence { get; init; } = "";

    /// <summary>Its whole record; null from agents that send none, and when the GC did not end before the ten seconds of this stop were sent.</summary>
    [Id(12)] public LongGcDetail? Detail { get; init; }
}

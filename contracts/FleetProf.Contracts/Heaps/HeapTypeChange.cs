namespace FleetProf.Contracts.Heaps;

/// <summary>One type in two snapshots. Objects are not told apart across snapshots (a collector moves them), so new, dead and survived are bounds.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.heap-type-change")]
public sealed record HeapTypeChange
{
    [Id(0)] public required string Type { get; init; }

    [Id(1)] public string Module { get; init; } = "";

    [Id(2)] public long CountBefore { get; init; }

    [Id(3)] public long CountAfter { get; init; }

    /// <summary>Objects that cannot have been there before; there may be more.</summary>
    [Id(4)] public long NewAtLeast { get; init; }

    /// <summary>Objects that must have died; there may be more, replaced by as many new ones.</summary>
    [Id(5)] public long DeadAtLeast { get; init; }

    /// <summary>Objects that can be in both snapshots.</summary>
    [Id(6)] public long SurvivedAtMost { get; init; }

    [Id(7)] public long ShallowBytesBefore { get; init; }

    [Id(8)] public long ShallowBytesAfter { get; init; }

    [Id(9)] public long RetainedBytesBefore { get; init; }

    [Id(10)] public long RetainedBytesAfter { get; init; }

    /// <summary>After less before; what the rows are sorted by.</summary>
    [Id(11)] public long RetainedGrowth { get; init; }
}

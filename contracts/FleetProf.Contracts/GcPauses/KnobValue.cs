namespace FleetProf.Contracts.GcPauses;

/// <summary>A value of a GC setting and who has it.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.knob-value")]
public sealed record KnobValue
{
    /// <summary>Empty: not set.</summary>
    [Id(0)] public required string Value { get; init; }

    [Id(1)] public int InstanceCount { get; init; }

    /// <summary>Up to 20 of them.</summary>
    [Id(2)] public IReadOnlyList<string> Instances { get; init; } = [];
}

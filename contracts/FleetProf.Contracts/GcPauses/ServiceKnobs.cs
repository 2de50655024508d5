namespace FleetProf.Contracts.GcPauses;

/// <summary>GC settings of a service.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.service-knobs")]
public sealed record ServiceKnobs
{
    [Id(0)] public required string Service { get; init; }

    /// <summary>By host, then by id.</summary>
    [Id(1)] public IReadOnlyList<InstanceKnobs> Instances { get; init; } = [];

    /// <summary>What differs first, then what the runtime ignores, then by name.</summary>
    [Id(2)] public IReadOnlyList<KnobSpread> Knobs { get; init; } = [];
}

namespace FleetProf.Contracts.GcPauses;

/// <summary>One GC setting, or a trait that sets it, over the instances of a service.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.knob-spread")]
public sealed record KnobSpread
{
    [Id(0)] public required string Name { get; init; }

    /// <summary>The most frequent one first.</summary>
    [Id(1)] public IReadOnlyList<KnobValue> Values { get; init; } = [];

    /// <summary>Whether instances differ.</summary>
    [Id(2)] public bool IsDrifting { get; init; }

    /// <summary>Whether the runtime knows no such setting and takes no notice of it.</summary>
    [Id(3)] public bool IsIgnored { get; init; }

    /// <summary>What was probably meant by an ignored one; null when nothing comes close.</summary>
    [Id(4)] public string? Nearest { get; init; }
}

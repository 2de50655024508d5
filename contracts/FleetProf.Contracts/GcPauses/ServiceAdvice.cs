namespace FleetProf.Contracts.GcPauses;

/// <summary>What to change about the GC of a service, judged by the windows of its running instances.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.service-advice")]
public sealed record ServiceAdvice
{
    [Id(0)] public required string Service { get; init; }

    /// <summary>Start of what was looked at.</summary>
    [Id(1)] public required DateTimeOffset From { get; init; }

    [Id(2)] public required DateTimeOffset To { get; init; }

    /// <summary>Running instances that were looked at; 0 when none runs.</summary>
    [Id(3)] public int InstanceCount { get; init; }

    /// <summary>What costs most first. Empty: no rule fired.</summary>
    [Id(4)] public IReadOnlyList<GcAdvice> Advice { get; init; } = [];

    /// <summary>Instances about which nothing is said, and why.</summary>
    [Id(5)] public IReadOnlyList<UnjudgedInstance> Unjudged { get; init; } = [];
}

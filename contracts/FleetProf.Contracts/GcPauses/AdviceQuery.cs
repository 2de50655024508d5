namespace FleetProf.Contracts.GcPauses;

/// <summary>Asks what to change about the GC of a service.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.advice-query")]
public sealed record AdviceQuery
{
    [Id(0)] public required string Service { get; init; }

    /// <summary>Ten minutes of activity are needed; what is too much to read is cut to its end, and the answer says so.</summary>
    [Id(1)] public required DateTimeOffset From { get; init; }

    [Id(2)] public required DateTimeOffset To { get; init; }
}

namespace FleetProf.Contracts.GcPauses;

/// <summary>The pauses of one step by length.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.pause-histogram-step")]
public sealed record PauseHistogramStep
{
    [Id(0)] public required DateTimeOffset WindowStart { get; init; }

    /// <summary>One more than there are upper ends.</summary>
    [Id(1)] public required IReadOnlyList<long> Counts { get; init; }
}

namespace FleetProf.Contracts.Comparisons;

/// <summary>The stored experiment, or why there is none.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.experiment-start")]
public sealed record ExperimentStart
{
    [Id(0)] public Experiment? Experiment { get; init; }

    /// <summary>A sentence; empty when it was stored.</summary>
    [Id(1)] public string Refusal { get; init; } = "";
}

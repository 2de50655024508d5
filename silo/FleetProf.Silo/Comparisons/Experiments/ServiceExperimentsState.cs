using FleetProf.Contracts.Comparisons;

namespace FleetProf.Silo.Comparisons.Experiments;

/// <summary>Experiments of a service, oldest first.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.service-experiments-state")]
internal sealed record ServiceExperimentsState
{
    [Id(0)] public IReadOnlyList<Experiment> Experiments { get; init; } = [];
}

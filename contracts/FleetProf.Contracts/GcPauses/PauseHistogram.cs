namespace FleetProf.Contracts.GcPauses;

/// <summary>Pauses counted by length and time: the columns of a heat map; their sum is a histogram.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.pause-histogram")]
public sealed record PauseHistogram
{
    [Id(0)] public required string Service { get; init; }

    [Id(1)] public required int StepSeconds { get; init; }

    /// <summary>Upper ends of the bins in milliseconds, ascending; one more bin holds what is longer.</summary>
    [Id(2)] public IReadOnlyList<double> UpperMs { get; init; } = [];

    /// <summary>In order of time; steps without a pause are left out.</summary>
    [Id(3)] public IReadOnlyList<PauseHistogramStep> Steps { get; init; } = [];
}

namespace FleetProf.Contracts.Comparisons;

/// <summary>A change of a GC setting with what was foretold of it, stored before it was made, and what was seen afterwards.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.experiment")]
public sealed record Experiment
{
    [Id(0)] public required string ExperimentId { get; init; }

    [Id(1)] public required string Service { get; init; }

    /// <summary>The rule of the advice that it follows.</summary>
    [Id(2)] public required string Rule { get; init; }

    [Id(3)] public required string Setting { get; init; }

    /// <summary>As to be written; an instance that starts with it after <see cref="CreatedAt"/> has made the change.</summary>
    [Id(4)] public required string Value { get; init; }

    /// <summary>What to do, as the advice said.</summary>
    [Id(5)] public string Change { get; init; } = "";

    [Id(6)] public string Rollback { get; init; } = "";

    /// <summary>Start of what is compared with.</summary>
    [Id(7)] public required DateTimeOffset BaselineFrom { get; init; }

    [Id(8)] public required DateTimeOffset BaselineTo { get; init; }

    /// <summary>Whose windows before the change are compared with.</summary>
    [Id(9)] public IReadOnlyList<string> BaselineInstances { get; init; } = [];

    /// <summary>Instances that run with the change.</summary>
    [Id(10)] public IReadOnlyList<string> ChangedInstances { get; init; } = [];

    [Id(11)] public IReadOnlyList<ExperimentMetric> Metrics { get; init; } = [];

    /// <summary>Of all metrics together: as bad as the worst that is decided.</summary>
    [Id(12)] public ExperimentOutcome Outcome { get; init; }

    [Id(13)] public string Sentence { get; init; } = "";

    [Id(14)] public required DateTimeOffset CreatedAt { get; init; }

    [Id(15)] public string CreatedBy { get; init; } = "";

    /// <summary>Null while undecided. Once decided it stays.</summary>
    [Id(16)] public DateTimeOffset? DecidedAt { get; init; }
}

namespace FleetProf.Contracts.Comparisons;

/// <summary>Asks to store what a piece of advice foretells, before the change is made.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.experiment-request")]
public sealed record ExperimentRequest
{
    /// <summary>Repeating a request under its id starts nothing new.</summary>
    [Id(0)] public required string ExperimentId { get; init; }

    /// <summary>The rule of the advice: "gen0-budget-small", ...</summary>
    [Id(1)] public required string Rule { get; init; }

    /// <summary>Start of what the advice is taken from, and what the change will be compared with.</summary>
    [Id(2)] public required DateTimeOffset From { get; init; }

    [Id(3)] public required DateTimeOffset To { get; init; }

    [Id(4)] public string RequestedBy { get; init; } = "";

    /// <summary>A rule may advise several values: which of them, as advised. Empty: what costs most of that of which anything is foretold.</summary>
    [Id(5)] public string Value { get; init; } = "";
}

namespace FleetProf.Contracts.Budgets;

/// <summary>Either the hold that is in force now or why there is none.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.hold-outcome")]
public sealed record HoldOutcome
{
    /// <summary>Null when there is a problem.</summary>
    [Id(0)] public CaptureHold? Hold { get; init; }

    /// <summary>What is wrong with the request; null when nothing is.</summary>
    [Id(1)] public string? Problem { get; init; }
}

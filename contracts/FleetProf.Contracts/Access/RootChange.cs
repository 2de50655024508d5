namespace FleetProf.Contracts.Access;

/// <summary>A step of a change of the authority's root, or why it was not done.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.root-change")]
public sealed record RootChange
{
    /// <summary>Set when nothing was done; says until when, or what to set.</summary>
    [Id(0)] public string? Problem { get; init; }

    /// <summary>What was done and what is next; empty when nothing was.</summary>
    [Id(1)] public string Said { get; init; } = "";
}

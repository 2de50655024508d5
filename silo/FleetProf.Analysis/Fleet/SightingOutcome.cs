namespace FleetProf.Analysis.Fleet;

/// <summary>What sightings change: versions to remember, and the deploys among them in the order they happened.</summary>
public sealed record SightingOutcome(IReadOnlyList<KnownVersion> Changed, IReadOnlyList<DeployFinding> Deploys)
{
    public static readonly SightingOutcome Nothing = new([], []);
}

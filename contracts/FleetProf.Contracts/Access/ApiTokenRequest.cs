namespace FleetProf.Contracts.Access;

/// <summary>What a new API token may do.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.api-token-request")]
public sealed record ApiTokenRequest
{
    public const int LongestLifeDays = 90;

    /// <summary>For people and the audit log; 1 to 64 characters.</summary>
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public Role Role { get; init; } = Role.Viewer;

    /// <summary>As <see cref="Grants.Services"/>.</summary>
    [Id(2)] public IReadOnlyList<string> Services { get; init; } = [Grants.AllServices];

    /// <summary>1 to 90.</summary>
    [Id(3)] public int LifeDays { get; init; } = 30;
}

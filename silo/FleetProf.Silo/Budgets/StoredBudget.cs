namespace FleetProf.Silo.Budgets;

/// <summary>The leases of one service.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.stored-budget")]
internal sealed record StoredBudget
{
    /// <summary>End of the lease by capture.</summary>
    [Id(0)] public IReadOnlyDictionary<string, DateTimeOffset> Leases { get; init; } = new Dictionary<string, DateTimeOffset>();
}

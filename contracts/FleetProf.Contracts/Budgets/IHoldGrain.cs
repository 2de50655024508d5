namespace FleetProf.Contracts.Budgets;

/// <summary>Stops and holds captures: of the whole fleet by a person, of a service also by an alert. Its truth is the catalog. Stateless; key 0.</summary>
[Alias("fleetprof.holds")]
public interface IHoldGrain : IGrainWithIntegerKey
{
    /// <summary>Those in force, that of the whole fleet first.</summary>
    [Alias("list")]
    Task<IReadOnlyList<CaptureHold>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Durable when it returns; replaces an earlier one of the same service. What runs is told to stop within seconds. A name that no agent has told of is a problem.</summary>
    [Alias("place")]
    Task<HoldOutcome> PlaceAsync(HoldRequest request);

    /// <summary>False when there is none.</summary>
    [Alias("lift")]
    Task<bool> LiftAsync(string service, string reason);

    /// <summary>An alert about a service, or about all ("*"): as <see cref="PlaceAsync"/>, for as long as the silo is configured to. A hold that ends later stays as it is.</summary>
    [Alias("trip")]
    Task<HoldOutcome> TripAsync(string service, string reason);
}

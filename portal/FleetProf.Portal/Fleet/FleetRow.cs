using FleetProf.Contracts.Fleet;

namespace FleetProf.Portal.Fleet;

/// <summary>A row of the fleet table: an instance, or a service with the figures of its shown instances.</summary>
public sealed record FleetRow
{
    /// <summary>Stays the same while the row lives.</summary>
    public required string Key { get; init; }

    public Instance? Instance { get; init; }

    public ServiceTotal? Total { get; init; }
}

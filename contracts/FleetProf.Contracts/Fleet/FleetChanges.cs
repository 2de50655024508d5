namespace FleetProf.Contracts.Fleet;

/// <summary>Rows that changed after a version; the caller keeps the rest.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.fleet-changes")]
public sealed record FleetChanges
{
    /// <summary>Pass it to the next call. Versions of another run of the silo mean nothing to it: then <see cref="IsFull"/> is true.</summary>
    [Id(0)] public required long Version { get; init; }

    /// <summary>True: the rows are the whole live fleet, not only changes.</summary>
    [Id(1)] public bool IsFull { get; init; }

    [Id(2)] public IReadOnlyList<Instance> Changed { get; init; } = [];

    /// <summary>Instance ids that left the live fleet.</summary>
    [Id(3)] public IReadOnlyList<string> Removed { get; init; } = [];
}

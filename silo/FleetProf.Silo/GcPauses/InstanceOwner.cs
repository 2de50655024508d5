namespace FleetProf.Silo.GcPauses;

/// <summary>Whose windows an instance's are. Service and version are null while its inventory has not arrived.</summary>
internal sealed record InstanceOwner
{
    public required string InstanceId { get; init; }

    public required string AgentId { get; init; }

    public string? Service { get; init; }

    public string? Version { get; init; }

    /// <summary>Null where the catalog does not know the instance.</summary>
    public string? Environment { get; init; }

    /// <summary>Start of its first window in the trend store, Unix milliseconds; 0 when not read.</summary>
    public long FirstWindow { get; init; }

    /// <summary>End of the watched part of its last window, Unix milliseconds; 0 when not read.</summary>
    public long LastEnd { get; init; }
}

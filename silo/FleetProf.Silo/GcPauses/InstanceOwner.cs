namespace FleetProf.Silo.GcPauses;

/// <summary>Whose windows an instance's are. Service and version are null while its inventory has not arrived.</summary>
internal sealed record InstanceOwner
{
    public required string InstanceId { get; init; }

    public required string AgentId { get; init; }

    public string? Service { get; init; }

    public string? Version { get; init; }
}

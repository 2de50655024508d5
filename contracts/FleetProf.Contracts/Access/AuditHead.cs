namespace FleetProf.Contracts.Access;

/// <summary>The end of the audit log as the silo remembers it, beside the rows.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.audit-head")]
public sealed record AuditHead
{
    /// <summary>0 while nothing was written.</summary>
    [Id(0)] public long Sequence { get; init; }

    [Id(1)] public string Hash { get; init; } = AuditChain.Origin;
}

namespace FleetProf.Contracts.Access;

/// <summary>Reads the audit log, and takes what the portal itself refused. Stateless; key 0.</summary>
[Alias("fleetprof.audit")]
public interface IAuditGrain : IGrainWithIntegerKey
{
    [Alias("list")]
    Task<IReadOnlyList<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellationToken = default);

    [Alias("head")]
    Task<AuditHead> HeadAsync();

    /// <summary>A route of the portal was refused to the caller. Durable when it returns; of one that is refused again and again some have a row each, which counts the others.</summary>
    [Alias("record-refusal")]
    Task RecordRefusalAsync(string action, string target, string reason);
}

using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.People;
using Orleans.Concurrency;

namespace FleetProf.Silo.Access.Audit;

/// <summary>Reads the audit log, and writes what the portal refused, as far as <see cref="CallerRefusals"/> allows.</summary>
[StatelessWorker]
internal sealed class AuditGrain(AuditTable table, CredentialTable credentials, TimeProvider clock) : Grain, IAuditGrain
{
    public Task<IReadOnlyList<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellationToken = default) => table.ListAsync(query, cancellationToken);

    public Task<AuditHead> HeadAsync() => table.HeadAsync();

    public async Task RecordRefusalAsync(string action, string target, string reason)
    {
        var caller = RequestContext.Get(Caller.Key) as Caller;
        // Also of one that has ended since: it was refused for what it held.
        var credential = caller is null or { CredentialId: Caller.PortalCredential } ? null : await credentials.FindAsync(caller.CredentialId);
        await table.AddAsync(new AuditEntry
        {
            At = clock.GetUtcNow(),
            Actor = credential?.Name ?? caller?.Name ?? "",
            CredentialId = caller?.CredentialId ?? "",
            Role = (Role)(credential?.Role ?? 0),
            Address = caller?.Address ?? "",
            Action = action,
            Target = target,
            Decision = AuditDecision.Denied,
            Reason = reason,
            CorrelationId = caller?.CorrelationId ?? "",
        });
    }
}

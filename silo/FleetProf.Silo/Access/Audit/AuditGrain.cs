using FleetProf.Contracts.Access;
using Orleans.Concurrency;

namespace FleetProf.Silo.Access.Audit;

/// <summary>Reads the audit log, and writes what the portal refused, as far as <see cref="CallerRefusals"/> allows.</summary>
[StatelessWorker]
internal sealed class AuditGrain(AuditTable table, TimeProvider clock) : Grain, IAuditGrain
{
    public Task<IReadOnlyList<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellationToken = default) => table.ListAsync(query, cancellationToken);

    public Task<AuditHead> HeadAsync() => table.HeadAsync();

    public Task RecordRefusalAsync(string action, string target, string reason)
    {
        var caller = RequestContext.Get(Caller.Key) as Caller;
        return table.AddAsync(new AuditEntry
        {
            At = clock.GetUtcNow(),
            Actor = caller?.Name ?? "",
            CredentialId = caller?.CredentialId ?? "",
            Address = caller?.Address ?? "",
            Action = action,
            Target = target,
            Decision = AuditDecision.Denied,
            Reason = reason,
            CorrelationId = caller?.CorrelationId ?? "",
        });
    }
}

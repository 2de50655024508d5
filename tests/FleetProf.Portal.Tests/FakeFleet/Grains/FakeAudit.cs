using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

/// <summary>Two and a half thousand rows in a true chain, and what the portal told of.</summary>
internal sealed class FakeAudit(FakeWorld world) : Grain, IAuditGrain
{
    public const int Rows = 2_500;

    private static readonly Lazy<IReadOnlyList<AuditEntry>> Log = new(Make);

    public Task<IReadOnlyList<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellationToken = default)
    {
        var rows = Log.Value.Where(row => (query.Actor is null || row.Actor == query.Actor)
            && (query.Action is null || row.Action.StartsWith(query.Action.TrimStart('!'), StringComparison.Ordinal) != query.Action.StartsWith('!'))
            && (query.Decision is null || row.Decision == query.Decision)
            && (query.Cursor is not { } cursor || (query.OldestFirst ? row.Sequence > cursor : row.Sequence < cursor)));
        return Task.FromResult<IReadOnlyList<AuditEntry>>([.. (query.OldestFirst ? rows : rows.Reverse()).Take(query.Limit)]);
    }

    public Task<AuditHead> HeadAsync() => Task.FromResult(new AuditHead { Sequence = Rows, Hash = Log.Value[^1].Hash });

    public Task RecordRefusalAsync(string action, string target, string reason)
    {
        world.Refusals.Enqueue((action, target, (RequestContext.Get(Caller.Key) as Caller)?.CredentialId ?? "", reason));
        return Task.CompletedTask;
    }

    private static List<AuditEntry> Make()
    {
        string[] actions = ["campaign.create", "artifact.download", "token.create", "agent.approve", "login.by-password"];
        var rows = new List<AuditEntry>();
        for (var i = 1; i <= Rows; i++)
        {
            var entry = new AuditEntry
            {
                Sequence = i, At = DateTimeOffset.UnixEpoch.AddDays(20_000).AddMinutes(i), Actor = i % 3 == 0 ? "=ann" : "ben", CredentialId = $"c{i % 3}", Role = Role.Operator,
                Address = "10.1.2.3", Action = actions[i % actions.Length], Target = $"01kb{i}", Services = i % 2 == 0 ? "checkout" : "", Decision = i % 7 == 0 ? AuditDecision.Denied : AuditDecision.Allowed,
                Reason = i % 7 == 0 ? "Not for this service." : "",
            };
            rows.Add(entry with { Hash = AuditChain.HashOf(i == 1 ? AuditChain.Origin : rows[^1].Hash, entry) });
        }

        return rows;
    }
}

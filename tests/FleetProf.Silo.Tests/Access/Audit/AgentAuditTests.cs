using System.Net;
using System.Security.Cryptography;
using Dapper;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Tests.Access.Certificates;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Silo.Tests.Access.Audit;

/// <summary>What happens to agents without anybody's call, as the audit log has it.</summary>
public abstract class AgentAuditTests : IDisposable
{
    private const string Address = "10.1.2.3";

    private readonly AuthorityRig authority = new();
    private readonly TemporaryCatalog catalog;
    private readonly JoinTokenTable tokens;
    private readonly EnrolledTable agents;
    private readonly Joining joining;
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    protected AgentAuditTests(CatalogKind kind)
    {
        catalog = new(kind: kind);
        tokens = new(catalog.Database, authority.Clock);
        agents = new(catalog.Database, authority.Clock);
        joining = new(authority.Authority, tokens, agents, authority.Clock);
    }

    public void Dispose()
    {
        key.Dispose();
        catalog.Dispose();
        authority.Dispose();
    }

    [Fact]
    public async Task Join_ThenRepeated_HasOneRowOfHostTokenAndAddress()
    {
        var token = await TokenAsync();

        var joined = await JoinAsync(token, key);
        await JoinAsync(token, key);

        var row = Assert.Single(await RowsAsync());
        Assert.Equal(("agent.join", joined.AgentId, joined.AgentId, Address, AuditDecision.Allowed), (row.Action, row.Actor, row.Target, row.Address, row.Decision));
        Assert.Equal($"Host host1 by join token {token.Id}; certificate {joined.Issued!.Serial}.", row.Reason);
    }

    [Fact]
    public async Task Join_RowCannotBeWritten_IsNoJoin()
    {
        var token = await TokenAsync();
        await catalog.Database.WriteAsync((connection, transaction) => connection.Execute("DELETE FROM audit_head", transaction: transaction));

        await Assert.ThrowsAnyAsync<Exception>(() => JoinAsync(token, key));

        Assert.Empty(await agents.ListAsync(10));
        Assert.Equal(0, (await tokens.FindAsync(token.Id))!.Uses);
    }

    [Fact]
    public async Task Certificate_CollectedRenewedAndRenewedInALoop_HasARowForEachThatLasts()
    {
        var token = await TokenAsync(new() { NeedsApproval = true });
        var id = (await JoinAsync(token, key)).AgentId;
        await agents.ApproveAsync(id, "ann");
        var serial = (await JoinAsync(token, key)).Issued!.Serial;
        authority.Clock.Advance(TimeSpan.FromHours(16));
        for (var i = 0; i < 20; i++)
        {
            authority.Clock.Advance(TimeSpan.FromSeconds(5));
            serial = await RenewAsync(id, serial);
        }

        var rows = await RowsAsync();

        Assert.Equal([("agent.join", id), ("agent.join", id), ("agent.renew", id)], rows.Select(row => (row.Action, row.Actor)));
        Assert.EndsWith("waits for approval.", rows[0].Reason, StringComparison.Ordinal);
        Assert.All(rows.Skip(1), row => Assert.StartsWith("Certificate ", row.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task LockOut_OfAnActiveAgent_HasOneRow()
    {
        var id = (await JoinAsync(await TokenAsync(), key)).AgentId;

        Assert.True(await agents.QuarantineAsync(id, "It exists twice.", Address));
        Assert.False(await agents.QuarantineAsync(id, "It exists twice.", Address));

        var row = Assert.Single(await RowsAsync(), row => row.Action == "agent.lock-out");
        Assert.Equal(("fleetprof", id, Address, "It exists twice."), (row.Actor, row.Target, row.Address, row.Reason));
    }

    [Fact]
    public async Task Expire_MoreThanFitInOneTransaction_HaveARowEach()
    {
        const int Agents = 205;
        var token = await TokenAsync(new() { NeedsApproval = true, MaxUses = 1_000 });
        await Task.WhenAll(Enumerable.Range(0, Agents).Select(i => agents.RedeemAsync(
            new EnrolledRow { AgentId = $"a{i}", TokenId = token.Id, KeyHash = $"k{i}", Standing = (long)AgentStanding.Pending, EnrolledAt = authority.Clock.GetUtcNow().ToUnixTimeMilliseconds() }, Address)));
        authority.Clock.Advance(TimeSpan.FromHours(2));

        Assert.Equal(Agents, await agents.ExpirePendingAsync(authority.Clock.GetUtcNow() - TimeSpan.FromHours(1)));

        var rows = (await RowsAsync()).Where(row => row.Action == "agent.expire").ToList();
        Assert.Equal(Agents, rows.Select(row => row.Target).Distinct().Count());
        Assert.All(rows, row => Assert.Equal(("fleetprof", "not approved in time"), (row.Actor, row.Reason)));
    }

    [Fact]
    public async Task Refusals_FloodOfStrangers_GetsFewRowsAndHidesNoAgent()
    {
        using var refusals = new AgentRefusals(catalog.Database, authority.Clock, NullLogger<AgentRefusals>.Instance);
        var log = new AccessLog(NullLogger<AccessLog>.Instance, authority.Clock, refusals);
        for (var i = 0; i < 5_000; i++)
        {
            log.Decided("join", AccessReason.TokenUnknown, "", $"ipv4:10.0.{i / 256}.{i % 256}:4000", "abcdefghjkmn");
        }

        log.Decided("call", AccessReason.Revoked, "a1", "ipv6:[::ffff:10.9.9.9]:4000");
        log.Decided("call", AccessReason.Revoked, "a1", "ipv6:[::ffff:10.9.9.9]:4001");
        log.Decided("join", AccessReason.Pending, "a2", "ipv4:10.9.9.9:4000");
        log.Decided("call", AccessReason.None, "a2", "ipv4:10.9.9.9:4000");
        await refusals.WriteAsync();

        var rows = await RowsAsync();
        Assert.Equal(AgentRefusals.RowsPerHour + 1, rows.Count);
        Assert.All(rows, row => Assert.Equal(AuditDecision.Denied, row.Decision));
        Assert.Equal(("agent.join", "10.0.0.0", "abcdefghjkmn", "10.0.0.0"), (rows[0].Action, rows[0].Actor, rows[0].Target, rows[0].Address));
        Assert.Equal("TokenUnknown: The join token is not valid. Make another with `fleetprof agent token create`.", rows[0].Reason);
        Assert.Equal(("agent.call", "a1", "a1", "10.9.9.9"), (rows[^1].Action, rows[^1].Actor, rows[^1].Target, rows[^1].Address));

        authority.Clock.Advance(TimeSpan.FromHours(1));
        log.Decided("join", AccessReason.TokenExpired, "", "ipv4:10.0.0.1:4000");
        await refusals.WriteAsync();
        Assert.EndsWith("So were 4940 more, from here or elsewhere, that have no row.", (await RowsAsync())[^1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusals_CatalogAway_AreWrittenOnceItIsBack()
    {
        using var refusals = new AgentRefusals(catalog.Database, authority.Clock, NullLogger<AgentRefusals>.Instance);
        refusals.Add(AgentRows.Refused("call", "a1", Address, "", authority.Clock.GetUtcNow()), AccessReason.Revoked);
        await ExecuteAsync("ALTER TABLE audit RENAME TO away");
        await Assert.ThrowsAnyAsync<Exception>(refusals.WriteAsync);
        await ExecuteAsync("ALTER TABLE away RENAME TO audit");

        // Stopping writes what waits.
        await refusals.StartAsync(CancellationToken.None);
        await refusals.StopAsync(CancellationToken.None);

        Assert.Single(await RowsAsync());
    }

    private Task ExecuteAsync(string statement) => catalog.Database.WriteAsync((connection, transaction) => connection.Execute(statement, transaction: transaction));

    private async Task<JoinTokenText> TokenAsync(JoinTokenRequest? request = null)
    {
        var token = JoinTokenText.Create();
        await tokens.AddAsync(token, request ?? new(), "ann", authority.Clock.GetUtcNow().AddDays(1));
        return token;
    }

    private Task<JoinOutcome> JoinAsync(JoinTokenText token, ECDsa ofHost) => joining.JoinAsync(token.Reveal(), AuthorityRig.Request(ofHost), "host1", IPAddress.Parse(Address));

    private async Task<string> RenewAsync(string agentId, string serial)
    {
        var (read, _) = SigningRequest.Read(AuthorityRig.Request(key));
        var issued = authority.Authority.Issue(agentId, read!);
        Assert.True(await agents.RenewAsync(agentId, serial, issued, Address));
        return issued.Serial;
    }

    /// <summary>All, oldest first; whole as a chain.</summary>
    private async Task<IReadOnlyList<AuditEntry>> RowsAsync()
    {
        var rows = await new AuditTable(catalog.Database).ListAsync(new AuditQuery { OldestFirst = true, Limit = 1_000 });
        Assert.All(rows.Select((row, i) => AuditChain.ProblemOf(i == 0 ? null : rows[i - 1], row)), Assert.Null);
        return rows;
    }
}

public sealed class AgentAuditOnSqliteTests() : AgentAuditTests(CatalogKind.Sqlite);

public sealed class AgentAuditOnPostgresTests() : AgentAuditTests(CatalogKind.Postgres);

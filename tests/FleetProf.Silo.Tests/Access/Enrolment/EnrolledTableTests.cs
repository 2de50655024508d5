using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Access.Enrolment;

/// <summary>Rows of agents in the catalog, on both databases.</summary>
public abstract class EnrolledTableTests(CatalogKind kind) : IDisposable
{
    private const string Address = "10.1.2.3";
    private static readonly TimeSpan Life = TimeSpan.FromHours(24);
    private static readonly TimeSpan Keep = TimeSpan.FromDays(33);

    private readonly TemporaryCatalog catalog = new(kind: kind);
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UnixEpoch.AddDays(20_000));

    private EnrolledTable Table => new(catalog.Database, clock);

    [Fact]
    public async Task TakeOver_OfALaterCertificate_IsDoneOnceWithOneRow()
    {
        var row = await AddAsync("a1");
        clock.Advance(TimeSpan.FromHours(16));
        var later = Certificate("a1", "S3");
        Assert.True(row.HasLost(later));

        Assert.True(await Table.TakeOverAsync(row, later, Address));
        Assert.False(await Table.TakeOverAsync(row, later, Address));

        var now = (await Table.FindAsync("a1"))!;
        Assert.Equal(("S3", "S1", "S3", clock.GetUtcNow() + Life), (now.Serial, now.PreviousSerial, now.UsedSerial, now.ToAgent().CertificateExpiresAt));
        Assert.True(now.Fits("S3", clock.GetUtcNow()));
        Assert.False(now.Fits("S1", clock.GetUtcNow().AddMinutes(1)));
        var audited = Assert.Single(await new AuditTable(catalog.Database).ListAsync(new AuditQuery()), entry => entry.Action == "agent.take-over");
        Assert.Equal(("fleetprof", "a1", Address), (audited.Actor, audited.Target, audited.Address));
    }

    [Theory]
    [InlineData(AgentStanding.Revoked)]
    [InlineData(AgentStanding.Quarantined)]
    public async Task TakeOver_OfAnAgentThatIsShutOut_IsNot(AgentStanding standing)
    {
        var row = await AddAsync("a1");
        await (standing == AgentStanding.Revoked ? Table.RevokeAsync("a1", "ann", null) : Table.QuarantineAsync("a1", "It exists twice."));
        clock.Advance(TimeSpan.FromHours(16));

        Assert.False(await Table.TakeOverAsync(row, Certificate("a1", "S3"), Address));

        Assert.Equal(((long)standing, "S1"), ((await Table.FindAsync("a1"))!.Standing, (await Table.FindAsync("a1"))!.Serial));
    }

    /// <summary>The life of certificates was shortened: what a copy has ends later than what took its place, and is no later for it.</summary>
    [Fact]
    public async Task HasLost_EarlierCertificateThatEndsLater_IsACopys()
    {
        var early = Certificate("a1", "S0");
        clock.Advance(TimeSpan.FromHours(1));
        var row = await AddAsync("a1", TimeSpan.FromHours(2));

        Assert.False(row.HasLost(early));
        Assert.False((row with { UsedAt = 0, PreviousSerial = "S0" }).HasLost(early));
    }

    [Fact]
    public async Task ListSilent_OfManyAgents_HasThoseThatMayComeAndDoNotLongestAwayFirst()
    {
        await AddAsync("late", TimeSpan.FromHours(3));
        await AddAsync("early", TimeSpan.FromHours(1));
        await AddAsync("here", TimeSpan.FromHours(2));
        await AddAsync("revoked", TimeSpan.FromHours(2));
        await Table.RevokeAsync("revoked", "ann", null);

        Assert.Equal(["early", "late"], (await Table.ListSilentAsync(new HashSet<string> { "here" }, 10)).Select(agent => agent.AgentId));
        Assert.Equal(["early"], (await Table.ListSilentAsync(new HashSet<string> { "here" }, 1)).Select(agent => agent.AgentId));
    }

    [Fact]
    public async Task ForgetGone_LongAfterTheCertificatesEnd_RemovesWhoIsNotShutOutWithARowEach()
    {
        foreach (var agent in (string[])["gone1", "gone2", "revoked", "quarantined"])
        {
            await AddAsync(agent);
        }

        await Table.RevokeAsync("revoked", "ann", null);
        await Table.QuarantineAsync("quarantined", "It exists twice.");
        clock.Advance(Keep);
        await AddAsync("new");
        Assert.Equal(0, await Table.ForgetGoneAsync(Keep));
        clock.Advance(Life + TimeSpan.FromMinutes(1));
        await AddAsync("newest");

        Assert.Equal(2, await Table.ForgetGoneAsync(Keep));

        Assert.Equal(["new", "newest", "quarantined", "revoked"], (await Table.ListAsync(10)).Select(agent => agent.AgentId).Order(StringComparer.Ordinal));
        var rows = (await new AuditTable(catalog.Database).ListAsync(new AuditQuery())).Where(row => row.Action == "agent.forget").ToList();
        Assert.Equal(["gone1", "gone2"], rows.Select(row => row.Target).Order(StringComparer.Ordinal));
        Assert.All(rows, row => Assert.Equal(("fleetprof", "Host host1: its certificate ended 2024-10-05 00:00:00Z and was not renewed."), (row.Actor, row.Reason)));
    }

    [Fact]
    public async Task ForgetGone_ClockYearsAhead_ForgetsNoFleet()
    {
        await AddAsync("a1");
        await AddAsync("a2", TimeSpan.FromHours(1));
        clock.Advance(TimeSpan.FromDays(3_000));

        Assert.Equal(0, await Table.ForgetGoneAsync(Keep));
    }

    public void Dispose() => catalog.Dispose();

    /// <summary>With certificate S1, which it uses.</summary>
    private async Task<EnrolledRow> AddAsync(string agentId, TimeSpan? life = null)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var token = JoinTokenText.Create();
        await new JoinTokenTable(catalog.Database, clock).AddAsync(token, new(), "ann", clock.GetUtcNow().AddDays(1));
        await Table.RedeemAsync(
            new EnrolledRow
            {
                AgentId = agentId, TokenId = token.Id, KeyHash = agentId, Host = "host1", Standing = (long)AgentStanding.Active, ChangedAt = now, EnrolledAt = now,
                Serial = "S1", CertificateEndsAt = now + (long)(life ?? Life).TotalMilliseconds,
            },
            Address);
        await Table.UseAsync(agentId, "S1");
        return (await Table.FindAsync(agentId))!;
    }

    private AgentCertificate Certificate(string agentId, string serial) => new(agentId, serial, clock.GetUtcNow(), clock.GetUtcNow() + Life);
}

public sealed class EnrolledTableOnSqliteTests() : EnrolledTableTests(CatalogKind.Sqlite);

public sealed class EnrolledTableOnPostgresTests() : EnrolledTableTests(CatalogKind.Postgres);

using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.People;
using FleetProf.Silo.Tests.Access.Calls;
using FleetProf.Silo.Tests.Hosting;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Time.Testing;
using Orleans.TestingHost;

namespace FleetProf.Silo.Tests.Access.Audit;

/// <summary>Somebody who is logged in asks again and again for what they may not have.</summary>
public sealed class CallerRefusalsTests : IAsyncLifetime
{
    // Starts now: Orleans takes the same TimeProvider.
    private readonly FakeTimeProvider clock = new ClusterClock(TimeProvider.System.GetUtcNow());
    private readonly TemporaryCatalog catalog = new();
    private InProcessTestCluster cluster = null!;

    public async ValueTask InitializeAsync()
    {
        cluster = OneSilo.WithPeople(catalog, clock).Build();
        await cluster.DeployAsync();
    }

    /// <summary>As the portal tells of a page that is opened in a loop.</summary>
    [Fact]
    public async Task RecordRefusal_TheSameRouteAgainAndAgain_HasFewRowsAMinuteThatCountTheRest()
    {
        for (var i = 0; i < 100; i++)
        {
            await RefuseAsync("vera", "GET /people");
        }

        await RefuseAsync("vera", "GET /audit");
        await RefuseAsync("walter", "GET /people");
        clock.Advance(TimeSpan.FromMinutes(1));
        await RefuseAsync("vera", "GET /people");

        var rows = await new AuditTable(catalog.Database).ListAsync(new AuditQuery { OldestFirst = true, Limit = 1_000 });
        Assert.Equal(CallerRefusals.RowsPerAction + 3, rows.Count);
        Assert.All(rows.Take(CallerRefusals.RowsPerAction), row => Assert.Equal(("vera", "GET /people", "No."), (row.CredentialId, row.Action, row.Reason)));
        Assert.StartsWith($"No. So were {100 - CallerRefusals.RowsPerAction} more", rows[^3].Reason, StringComparison.Ordinal);
        Assert.Equal(("walter", "No."), (rows[^2].CredentialId, rows[^2].Reason));
        Assert.Equal(("vera", "GET /people", "No."), (rows[^1].CredentialId, rows[^1].Action, rows[^1].Reason));
    }

    /// <summary>The portal says by which session or token, and the catalog whose it is.</summary>
    [Fact]
    public async Task RecordRefusal_OfATokenThatIsKnown_HasItsNameAndRole()
    {
        var credentials = new CredentialTable(catalog.Database, clock);
        var token = credentials.NewToken(ApiTokenText.Create(), "pipeline", new Grants { Role = Role.Operator, Services = ["checkout"] }, "ann", TimeSpan.FromDays(1));
        await credentials.AddAsync(token);

        await RefuseAsync(token.CredentialId, "GET /people");
        await RefuseAsync("made-up", "GET /people");

        var rows = await new AuditTable(catalog.Database).ListAsync(new AuditQuery { OldestFirst = true });
        Assert.Equal([("pipeline", Role.Operator, AuditDecision.Denied), ("told", Role.None, AuditDecision.Denied)], rows.Select(row => (row.Actor, row.Role, row.Decision)));
    }

    [Fact]
    public async Task Add_ByOneCallerOfManyActions_IsBoundedAndWhatWasAllowedIsNot()
    {
        var table = new AuditTable(catalog.Database, new CallerRefusals(clock));
        var entry = new AuditEntry { CredentialId = "vera", Decision = AuditDecision.Denied };
        for (var i = 0; i < 200; i++)
        {
            await table.AddAsync(entry with { Action = $"GET /{i}" });
            await table.AddAsync(entry with { Action = "artifact.download", Decision = AuditDecision.Allowed });
        }

        var rows = await table.ListAsync(new AuditQuery { Limit = 1_000 });
        Assert.Equal((CallerRefusals.RowsPerCaller, 200), (rows.Count(row => row.Decision == AuditDecision.Denied), rows.Count(row => row.Decision == AuditDecision.Allowed)));
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.DisposeAsync();
        catalog.Dispose();
    }

    private Task RefuseAsync(string credentialId, string action)
    {
        OutsideCaller.As(credentialId);
        return cluster.Client.GetGrain<IAuditGrain>(0).RecordRefusalAsync(action, "", "No.");
    }
}

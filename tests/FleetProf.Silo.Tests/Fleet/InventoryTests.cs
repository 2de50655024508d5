using Dapper;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Fleet;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Hosting.Cluster;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Fleet;

public abstract class InventoryTests(CatalogKind kind) : IAsyncLifetime
{
    private FleetRig rig = null!;

    public async ValueTask InitializeAsync()
    {
        rig = await FleetRig.StartAsync(kind);
        await rig.Intake.AgentAttachedAsync("agent1", "s1");
        await rig.Intake.AgentAttachedAsync("agent2", "s2");
    }

    [Fact]
    public async Task Accept_Inventory_IsInCatalogAndLive()
    {
        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(FleetRig.Process("a"), FleetRig.Process("b", service: "billing")));

        var instance = (await rig.Query.GetInstanceAsync("a"))!;
        Assert.Equal(("checkout", "1.0", "h1", "agent1", InstanceState.Running), (instance.Service, instance.Version, instance.Host, instance.AgentId, instance.State));
        Assert.Equal("true", instance.GcSettings["System.GC.Server"]);
        Assert.Equal(["a", "b"], rig.Live.List().Select(live => live.InstanceId).Order());
        var services = await rig.Query.ListServicesAsync();
        Assert.Equal([("billing", 1, "1.0"), ("checkout", 1, "1.0")], services.Select(row => (row.Service, row.InstanceCount, row.Versions.Single())));
        Assert.Equal("1.0", services[0].LastDeploy!.Version);
        Assert.Null(await rig.Query.GetServiceAsync("nothing"));
        Assert.Equal("checkout", (await rig.Query.GetServiceAsync("checkout"))!.Service);
    }

    [Fact]
    public async Task Accept_InstanceMissing_HasEnded()
    {
        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(FleetRig.Process("a"), FleetRig.Process("b")));
        await rig.Intake.AcceptAsync("agent2", "s2", FleetRig.Inventory(FleetRig.Process("c")));
        rig.Clock.Advance(TimeSpan.FromSeconds(5));

        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(FleetRig.Process("b")));

        Assert.Equal(InstanceState.Ended, (await rig.Query.GetInstanceAsync("a"))!.State);
        Assert.Equal(rig.Clock.GetUtcNow(), (await rig.Query.GetInstanceAsync("a"))!.LastSeenAt);
        Assert.Equal(["b", "c"], (await rig.Query.ListInstancesAsync(new InstanceFilter())).Select(row => row.InstanceId).Order());
        Assert.Equal(["a", "b", "c"], (await rig.Query.ListInstancesAsync(new InstanceFilter { IncludeEnded = true })).Select(row => row.InstanceId).Order());
        Assert.Equal(["b", "c"], (await rig.Query.GetChangesAsync(0)).Changed.Select(row => row.InstanceId).Order());
    }

    /// <summary>The agent has another session by then, perhaps at another silo, and what it says there counts.</summary>
    [Fact]
    public async Task Accept_SessionEndsWhileItsWriteWaits_ChangesNothing()
    {
        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(FleetRig.Process("a")));
        using var gate = new ManualResetEventSlim();
        using var ended = new CancellationTokenSource();
        var first = rig.Database.WriteAsync((_, _) => gate.Wait(TimeSpan.FromSeconds(20)));
        var late = rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(), cancellationToken: ended.Token);
        var behind = rig.Database.WriteAsync((_, _) => 0);
        await ended.CancelAsync();
        gate.Set();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late);
        await Task.WhenAll(first, behind);
        Assert.Equal(InstanceState.Running, (await rig.Query.GetInstanceAsync("a"))!.State);
        Assert.Equal("a", Assert.Single(rig.Live.List()).InstanceId);
    }

    [Fact]
    public async Task Accept_Repeated_KeepsWhenItWasFirstSeen()
    {
        var first = rig.Clock.GetUtcNow();
        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(FleetRig.Process("a")));
        rig.Clock.Advance(TimeSpan.FromMinutes(5));
        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(FleetRig.Process("a")));

        var instance = rig.Live.Find("a")!;
        Assert.Equal((first, rig.Clock.GetUtcNow()), (instance.FirstSeenAt, instance.LastSeenAt));
        Assert.Single(await rig.Query.ListDeploysAsync("checkout", 10));
    }

    [Fact]
    public async Task List_LiveInstance_CarriesVitals()
    {
        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(FleetRig.Process("a")));
        rig.Live.ShowVitals("agent1", "a", new InstanceVitals { GcCount = 9 });

        Assert.Equal(9, (await rig.Query.ListInstancesAsync(new InstanceFilter { Service = "checkout", Version = "1.0", Host = "h1" })).Single().Vitals!.GcCount);
        Assert.Empty(await rig.Query.ListInstancesAsync(new InstanceFilter { Service = "checkout", Version = "2.0" }));
    }

    [Fact]
    public async Task AgentLost_ItsInstances_AreUnreachableUntilItIsBack()
    {
        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(FleetRig.Process("a")));

        await rig.Intake.AgentLostAsync("agent1", "s1");

        Assert.Equal(InstanceState.Unreachable, (await rig.Query.GetInstanceAsync("a"))!.State);
        Assert.Equal(InstanceState.Unreachable, (await rig.Query.GetChangesAsync(0)).Changed.Single().State);
        await rig.Intake.AgentAttachedAsync("agent1", "s3");
        await rig.Intake.AcceptAsync("agent1", "s3", FleetRig.Inventory(FleetRig.Process("a")));
        Assert.Equal(InstanceState.Running, (await rig.Query.GetInstanceAsync("a"))!.State);
    }

    [Fact]
    public async Task AgentLost_WhileTheDatabaseIsAway_IsMadeUpForLater()
    {
        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(FleetRig.Process("a")));
        await rig.Intake.AcceptAsync("agent2", "s2", FleetRig.Inventory(FleetRig.Process("b")));
        await RenameAsync("instances", "away");
        await Assert.ThrowsAnyAsync<Exception>(() => rig.Intake.AgentLostAsync("agent1", "s1"));
        await RenameAsync("away", "instances");
        Assert.Equal(["agent2"], rig.Intake.Attached);
        Assert.Equal((InstanceState.Running, InstanceState.Running), await StatesAsync());

        await rig.Intake.LoseAbsentAsync();

        Assert.Equal((InstanceState.Unreachable, InstanceState.Running), await StatesAsync());
        Assert.Equal(["b"], rig.Live.List().Select(instance => instance.InstanceId));
    }

    /// <summary>Its agent came back at another silo, and told that one of the end.</summary>
    [Fact]
    public async Task Upkeep_UnreachableInstanceThatEndedElsewhere_IsForgotten()
    {
        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(FleetRig.Process("a"), FleetRig.Process("b")));
        await rig.Intake.AgentLostAsync("agent1", "s1");
        await new InstanceTable(rig.Database, new SiloIdentity("other")).ReplaceAsync("agent1", [(await rig.Query.GetInstanceAsync("b"))!], rig.Clock.GetUtcNow());

        await rig.Upkeep.TakeOverAsync(["", "other"], CancellationToken.None);

        Assert.Equal(["b"], rig.Live.ListUnreachable());
    }

    [Fact]
    public async Task OlderSession_OfAnAgentThatReconnected_ChangesNothingAnyMore()
    {
        await rig.Intake.AgentAttachedAsync("agent1", "s3");
        await rig.Intake.AcceptAsync("agent1", "s3", FleetRig.Inventory(FleetRig.Process("a")));

        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory());
        await rig.Intake.AgentLostAsync("agent1", "s1");

        Assert.Equal(InstanceState.Running, (await rig.Query.GetInstanceAsync("a"))!.State);
        Assert.NotNull(rig.Live.Find("a"));
    }

    [Fact]
    public async Task Accept_InstanceOfAnotherConnectedAgent_StaysWithThatAgent()
    {
        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(FleetRig.Process("a")));

        await rig.Intake.AcceptAsync("agent2", "s2", FleetRig.Inventory(FleetRig.Process("a", version: "stolen"), FleetRig.Process("b")));

        Assert.Equal(("agent1", "1.0"), (rig.Live.Find("a")!.AgentId, rig.Live.Find("a")!.Version));
        Assert.Equal("agent1", (await rig.Query.GetInstanceAsync("a"))!.AgentId);
        Assert.DoesNotContain(await rig.Query.ListDeploysAsync("checkout", 10), deploy => deploy.Version == "stolen");
        await rig.Intake.AgentLostAsync("agent1", "s1");
        await rig.Intake.AcceptAsync("agent2", "s2", FleetRig.Inventory(FleetRig.Process("a"), FleetRig.Process("b")));
        Assert.Equal("agent2", rig.Live.Find("a")!.AgentId);
    }

    [Fact]
    public async Task AcceptDeferred_InstanceWhoseAgentIsGone_IsTakenThoughNobodySaysItAgain()
    {
        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(FleetRig.Process("a")));
        await rig.Intake.AcceptAsync("agent2", "s2", FleetRig.Inventory(FleetRig.Process("a")));
        await rig.Intake.AcceptDeferredAsync();
        Assert.Equal("agent1", rig.Live.Find("a")!.AgentId);

        await rig.Intake.AgentLostAsync("agent1", "s1");
        await rig.Intake.AcceptDeferredAsync();

        Assert.Equal("agent2", rig.Live.Find("a")!.AgentId);
    }

    [Fact]
    public async Task Restart_KnownInstances_AreUnreachableUntilTheirAgentIsBack()
    {
        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(FleetRig.Process("a")));
        await rig.Intake.AcceptAsync("agent2", "s2", FleetRig.Inventory(FleetRig.Process("b")));

        await rig.RestartAsync();
        await rig.Intake.AgentAttachedAsync("agent1", "s1");
        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(FleetRig.Process("a")));

        var states = (await rig.Query.GetChangesAsync(0)).Changed.ToDictionary(row => row.InstanceId, row => row.State);
        Assert.Equal((InstanceState.Running, InstanceState.Unreachable), (states["a"], states["b"]));
        Assert.Equal(InstanceState.Unreachable, (await rig.Query.GetInstanceAsync("b"))!.State);
        Assert.Single(await rig.Query.ListDeploysAsync(null, 10));
    }

    [Fact]
    public async Task Upkeep_AMonthAfterAnInstanceEnded_HasForgottenIt()
    {
        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(FleetRig.Process("a"), FleetRig.Process("b")));
        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(FleetRig.Process("b")));
        Assert.NotNull(await rig.Query.GetInstanceAsync("a"));
        using var upkeep = UpkeepAMonthLater();

        await upkeep.StartAsync(CancellationToken.None);

        await Gateway.GatewayRig.UntilAsync(async () => await rig.Query.GetInstanceAsync("a") is null);
        Assert.NotNull(await rig.Query.GetInstanceAsync("b"));
        await upkeep.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Upkeep_AMonthAfterItsLastInstanceEnded_HasForgottenTheService()
    {
        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(FleetRig.Process("a", service: "invented"), FleetRig.Process("b")));
        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(FleetRig.Process("b")));
        using var upkeep = UpkeepAMonthLater();

        await upkeep.StartAsync(CancellationToken.None);

        await Gateway.GatewayRig.UntilAsync(async () => (await rig.Query.ListServicesAsync()).Count == 1);
        Assert.Equal("checkout", (await rig.Query.ListDeploysAsync(null, 10)).Single().Service);
        await upkeep.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Accept_HostileTexts_AreCutAndCleaned()
    {
        var hostile = FleetRig.Process("a");
        hostile.Service = " check\u001b[31mout\n ";
        hostile.Version = new string('v', 10_000);
        hostile.Environment = new string('e', 255) + "\U0001F600";
        hostile.StartedUnixMs = long.MaxValue;
        hostile.Problem = (AgentProtocol.InstanceProblem)99;
        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(hostile, new AgentProtocol.Instance { InstanceId = "b" }, new AgentProtocol.Instance { Service = "x" }));

        var instance = rig.Live.List().Single();
        Assert.Equal(("check[31mout", 256, rig.Clock.GetUtcNow()), (instance.Service, instance.Version.Length, instance.StartedAt));
        Assert.Equal(new string('e', 255), instance.Environment);
        Assert.NotEqual(InstanceProblem.None, instance.Problem);
        Assert.Contains("99", instance.ProblemDetail, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    /// <summary>By a clock of its own: Orleans would wake for every second of a month of the rig's.</summary>
    private FleetUpkeep UpkeepAMonthLater() =>
        new(new InstanceTable(rig.Database), rig.Live, new SettledClock(rig.Database, new FakeTimeProvider(rig.Clock.GetUtcNow().AddDays(31))), NullLogger<FleetUpkeep>.Instance);

    /// <summary>Of a and b, as the catalog has them.</summary>
    private async Task<(InstanceState A, InstanceState B)> StatesAsync()
    {
        var table = new InstanceTable(rig.Database);
        return ((await table.FindAsync("a"))!.State, (await table.FindAsync("b"))!.State);
    }

    private Task RenameAsync(string from, string to) =>
        rig.Database.WriteAsync((connection, transaction) => connection.Execute($"ALTER TABLE {from} RENAME TO {to}", transaction: transaction));
}

public sealed class InventoryOnSqliteTests() : InventoryTests(CatalogKind.Sqlite);

[Trait("Ring", "process")]
public sealed class InventoryOnPostgresTests() : InventoryTests(CatalogKind.Postgres);

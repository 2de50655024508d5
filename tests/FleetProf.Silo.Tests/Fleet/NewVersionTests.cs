using FleetProf.Silo.Fleet;
using FleetProf.Silo.Tests.Gateway;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Silo.Tests.Fleet;

/// <summary>An agent that was taken over invents services and versions.</summary>
public abstract class NewVersionTests(CatalogKind kind) : IAsyncLifetime
{
    private const int TooMany = NewVersionBudget.AtOnce + 20;

    private FleetRig rig = null!;

    public async ValueTask InitializeAsync()
    {
        rig = await FleetRig.StartAsync(kind);
        await rig.Intake.AgentAttachedAsync("agent1", "s1");
        await rig.Intake.AgentAttachedAsync("agent2", "s2");
    }

    [Fact]
    public async Task Accept_MoreNewVersionsThanAnAgentMayName_TakesTheRestOnceThereIsRoom()
    {
        using var deferred = new InventoryUpkeep(rig.Intake, rig.Clock, NullLogger<InventoryUpkeep>.Instance);
        await deferred.StartAsync(CancellationToken.None);
        await rig.Intake.AcceptAsync("agent1", "s1", Versions(TooMany));
        await rig.Intake.AcceptAsync("agent1", "s1", Versions(TooMany));

        Assert.Equal(NewVersionBudget.AtOnce, rig.Live.List().Count);
        Assert.Equal(NewVersionBudget.AtOnce, (await rig.Query.ListDeploysAsync("checkout", 10_000)).Count);
        Assert.Equal("20", Assert.Single(rig.IntakeLog.Lines, line => line.Contains("agent1", StringComparison.Ordinal)).Split(' ').Single(word => word == "20"));

        // The agent says nothing more: its list has not changed.
        await GatewayRig.UntilAsync(
            async () => (await rig.Query.ListDeploysAsync("checkout", 10_000)).Count == TooMany, () => rig.Clock.Advance(InventoryUpkeep.Interval));

        Assert.Equal(TooMany, rig.Live.List().Count);
        await deferred.StopAsync(CancellationToken.None);
    }

    /// <summary>As when its grain moved: it does not send its list again.</summary>
    [Fact]
    public async Task Attach_TheSameSessionAgain_KeepsWhatWaits()
    {
        await rig.Intake.AcceptAsync("agent1", "s1", Versions(TooMany));

        await rig.Intake.AgentAttachedAsync("agent1", "s1");
        rig.Clock.Advance(TimeSpan.FromHours(1));
        await rig.Intake.AcceptDeferredAsync();

        Assert.Equal(TooMany, rig.Live.List().Count);
    }

    [Fact]
    public async Task Accept_InventedServices_AreBoundedToo()
    {
        await rig.Intake.AcceptAsync("agent1", "s1", Versions(NewVersionBudget.AtOnce - 1));
        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(
            FleetRig.Process("a", version: "", service: "first"), FleetRig.Process("b", version: "", service: "first"), FleetRig.Process("c", version: "", service: "second")));

        Assert.Equal(["a", "b"], rig.Live.List().Select(instance => instance.InstanceId).Order());
        Assert.Equal(["checkout", "first"], (await rig.Query.ListServicesAsync()).Select(service => service.Service));
    }

    [Fact]
    public async Task Accept_VersionsThatAreKnown_NeedNoRoomAndOtherAgentsHaveTheirOwn()
    {
        await rig.Intake.AcceptAsync("agent1", "s1", Versions(NewVersionBudget.AtOnce));

        await rig.Intake.AcceptAsync("agent1", "s1", FleetRig.Inventory(FleetRig.Process("again", version: "v7"), FleetRig.Process("new", version: "other")));
        await rig.Intake.AcceptAsync("agent2", "s2", FleetRig.Inventory(FleetRig.Process("b", version: "v7"), FleetRig.Process("c", version: "another")));

        Assert.Equal(["again", "b", "c"], rig.Live.List().Select(instance => instance.InstanceId).Order());
    }

    [Fact]
    public async Task AcceptDeferred_AfterALaterList_LeavesThatAlone()
    {
        await rig.Intake.AcceptAsync("agent1", "s1", Versions(TooMany));
        await rig.Intake.AcceptAsync("agent1", "s1", Versions(1));
        rig.Clock.Advance(TimeSpan.FromHours(1));

        await rig.Intake.AcceptDeferredAsync();

        Assert.Equal("i0", Assert.Single(rig.Live.List()).InstanceId);
    }

    /// <summary>What waits is what was read: a message may take hundreds of times as much.</summary>
    [Fact]
    public async Task AcceptDeferred_MessageThatIsGone_TakesWhatWasReadOfIt()
    {
        var sent = Versions(TooMany);
        await rig.Intake.AcceptAsync("agent1", "s1", sent);
        sent.Instances.Clear();
        rig.Clock.Advance(TimeSpan.FromHours(1));

        await rig.Intake.AcceptDeferredAsync();

        Assert.Equal(TooMany, rig.Live.List().Count);
    }

    [Fact]
    public async Task WhichKnown_OfManyVersions_ReadsNoOtherRows()
    {
        using var catalog = new TemporaryCatalog(kind: CatalogKind.Sqlite);

        var plan = await QueryPlan.OfAsync(catalog.Database, DeployedVersion.KnownQuery(2), new { s0 = "", e0 = "", v0 = "", s1 = "", e1 = "", v1 = "" });

        Assert.Contains("SEARCH service_versions", plan, StringComparison.Ordinal);
        Assert.Contains("SEARCH services", plan, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    private static AgentProtocol.Inventory Versions(int count) =>
        FleetRig.Inventory([.. Enumerable.Range(0, count).Select(number => FleetRig.Process($"i{number}", version: $"v{number}"))]);
}

public sealed class NewVersionOnSqliteTests() : NewVersionTests(CatalogKind.Sqlite);

[Trait("Ring", "process")]
public sealed class NewVersionOnPostgresTests() : NewVersionTests(CatalogKind.Postgres);

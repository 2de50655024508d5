using Dapper;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Fleet;
using FleetProf.Silo.Hosting.Cluster;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Fleet;

/// <summary>Rows that silos leave behind.</summary>
public abstract class SilosGoneTests(CatalogKind kind) : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(20_000);

    private readonly TemporaryCatalog catalog = new(kind: kind);

    public void Dispose() => catalog.Dispose();

    [Fact]
    public async Task Instances_OfASiloThatIsGone_AreUnreachableAndThoseOfOthersAreNot()
    {
        await Table("one").ReplaceAsync("agent1", [Instances.Of("a")], Now);
        await Table("two").ReplaceAsync("agent2", [Instances.Of("b", "agent2")], Now);

        Assert.Equal(1, await Table("two").LoseSilosAsync(["two"], Now));

        Assert.Equal((InstanceState.Unreachable, InstanceState.Running), await StatesAsync());
        Assert.Equal(0, await Table("two").LoseSilosAsync(["two"], Now));
    }

    /// <summary>The old stream is noticed late: by then the agent has told another silo.</summary>
    [Fact]
    public async Task Lose_AfterTheAgentToldAnotherSilo_ChangesNothing()
    {
        await Table("one").ReplaceAsync("agent1", [Instances.Of("a"), Instances.Of("b")], Now);
        await Table("two").ReplaceAsync("agent1", [Instances.Of("a"), Instances.Of("b")], Now);

        await Table("one").LoseAsync("agent1", Now);
        Assert.Equal((InstanceState.Running, InstanceState.Running), await StatesAsync());

        await Table("two").LoseAsync("agent1", Now);
        Assert.Equal((InstanceState.Unreachable, InstanceState.Unreachable), await StatesAsync());
    }

    [Fact]
    public async Task Ended_OfMany_AreThoseThatRunNoMore()
    {
        await Table("one").ReplaceAsync("agent1", [Instances.Of("a"), Instances.Of("b")], Now);
        await Table("one").ReplaceAsync("agent1", [Instances.Of("a")], Now);

        Assert.Equal(["b", "never"], (await Table("two").WhichEndedAsync(["a", "b", "never"])).Order());
    }

    [Fact]
    public async Task Artifacts_OfASiloThatIsGone_AreTakenOverOnce()
    {
        await Artifacts("one").AddAsync(Artifact("01jdgone-0001"), new StoredFile("original.nettrace", "application/octet-stream", 8, new string('a', 64)));
        await Artifacts("two").AddAsync(Artifact("01jdgone-0002"), new StoredFile("original.nettrace", "application/octet-stream", 8, new string('a', 64)));

        Assert.Equal(["01jdgone-0001"], await Artifacts("two").TakeOverAsync(["two", "three"]));

        Assert.Empty(await Artifacts("three").TakeOverAsync(["two", "three"]));
        Assert.Equal(["01jdgone-0001", "01jdgone-0002"], (await Artifacts("two").ListUnfinishedAsync()).Order());
    }

    /// <summary>It hears of it last, and nobody takes over from it again.</summary>
    [Fact]
    public async Task Writes_OfASiloThatWasDeclaredDead_AreRefusedAndThoseOfAnotherAreNot()
    {
        await JoinAsync("one", SiloStatus.Dead);
        var file = new StoredFile("original.nettrace", "application/octet-stream", 8, new string('a', 64));
        await Table("two").ReplaceAsync("agent1", [Instances.Of("a"), Instances.Of("b")], Now);

        Assert.True((await Assert.ThrowsAsync<CatalogException>(() => Artifacts("one").AddAsync(Artifact("01jdgone-0001"), file))).IsUnreachable);
        Assert.True((await Assert.ThrowsAsync<CatalogException>(() => Table("one").ReplaceAsync("agent1", [], Now))).IsUnreachable);
        await Artifacts("two").AddAsync(Artifact("01jdgone-0001"), file);

        Assert.Equal(["01jdgone-0001"], await Artifacts("two").ListUnfinishedAsync());
        Assert.Equal((InstanceState.Running, InstanceState.Running), await StatesAsync());
    }

    /// <summary>The list of the living is read before the write has its turn.</summary>
    [Fact]
    public async Task TakeOver_FromOneThatJoinedSinceTheLivingWereListed_LeavesItWhatItHas()
    {
        await JoinAsync("two", SiloStatus.Active);
        await Table("two").ReplaceAsync("agent1", [Instances.Of("a"), Instances.Of("b")], Now);
        await Artifacts("two").AddAsync(Artifact("01jdgone-0001"), new StoredFile("original.nettrace", "application/octet-stream", 8, new string('a', 64)));

        Assert.Equal(0, await Table("one").LoseSilosAsync(["one"], Now));
        Assert.Empty(await Artifacts("one").TakeOverAsync(["one"]));

        Assert.Equal((InstanceState.Running, InstanceState.Running), await StatesAsync());
    }

    private Task JoinAsync(string silo, SiloStatus status) => catalog.Database.WriteAsync((connection, transaction) => connection.Execute(
        "INSERT INTO cluster_members (cluster_id, silo, status, alive_at, etag, entry_json) VALUES ('fleetprof', @silo, @status, 0, 1, '{}')", new { silo, status = (int)status }, transaction));

    private InstanceTable Table(string silo) => new(catalog.Database, new SiloIdentity(silo));

    private ArtifactTable Artifacts(string silo) => new(catalog.Database, TimeProvider.System, new SiloIdentity(silo));

    private async Task<(InstanceState A, InstanceState B)> StatesAsync() =>
        ((await Table("any").FindAsync("a"))!.State, (await Table("any").FindAsync("b"))!.State);

    private static Artifact Artifact(string captureId) => new()
    {
        CaptureId = captureId, CampaignId = "01jdgone", Attempt = 1, AgentId = "agent1", Kind = CaptureKind.Trace, Sha256 = new string('a', 64), SizeBytes = 8,
    };
}

public sealed class SilosGoneOnSqliteTests() : SilosGoneTests(CatalogKind.Sqlite);

[Trait("Ring", "process")]
public sealed class SilosGoneOnPostgresTests() : SilosGoneTests(CatalogKind.Postgres);

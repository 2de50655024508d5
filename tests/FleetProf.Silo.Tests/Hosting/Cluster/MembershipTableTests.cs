using FleetProf.Silo.Captures;
using FleetProf.Silo.Hosting.Cluster;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Tests.Captures;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;

namespace FleetProf.Silo.Tests.Hosting.Cluster;

[Trait("Ring", "process")]
public sealed class MembershipTableTests : IAsyncLifetime
{
    private readonly TemporaryCatalog catalog = new(kind: CatalogKind.Postgres);
    private CatalogDatabase other = null!;
    private MembershipTable table = null!;
    private MembershipTable second = null!;

    public async ValueTask InitializeAsync()
    {
        other = CatalogDatabase.OpenPostgres(catalog.Postgres!, TimeProvider.System);
        table = Open(catalog.Database);
        second = Open(other);
        await table.InitializeMembershipTable(true);
        await second.InitializeMembershipTable(true);
    }

    public ValueTask DisposeAsync()
    {
        other.Dispose();
        catalog.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Insert_ThenReadByAnotherSilo_IsTheSameEntry()
    {
        var entry = Entry(1);
        entry.SuspectTimes = [Tuple.Create(Entry(2).SiloAddress, new DateTime(2026, 11, 26, 9, 0, 0, DateTimeKind.Utc))];
        Assert.True(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()));

        var read = (await second.ReadRow(entry.SiloAddress)).Members.Single().Item1;

        Assert.Equal(entry.SiloAddress, read.SiloAddress);
        Assert.Equal((entry.Status, entry.ProxyPort, entry.HostName, entry.SiloName, entry.StartTime), (read.Status, read.ProxyPort, read.HostName, read.SiloName, read.StartTime));
        Assert.Equal(entry.IAmAliveTime, read.IAmAliveTime);
        Assert.Equal(entry.SuspectTimes, read.SuspectTimes);
    }

    [Fact]
    public async Task Insert_ManySilosAtOnceWithOneVersion_OneWins()
    {
        var version = (await table.ReadAll()).Version.Next();

        var done = await Task.WhenAll(Enumerable.Range(1, 8).Select(number => (number % 2 == 0 ? table : second).InsertRow(Entry(number), version)));

        Assert.Single(done, true);
        var all = await table.ReadAll();
        Assert.Single(all.Members);
        Assert.Equal(1, all.Version.Version);
    }

    [Fact]
    public async Task Update_StaleEtagOrVersion_ChangesNothing()
    {
        var entry = Entry(1);
        var stale = (await table.ReadAll()).Version.Next();
        await table.InsertRow(entry, stale);
        var (row, before) = ((await table.ReadAll()).Members.Single(), await table.ReadAll());
        entry.Status = SiloStatus.Dead;
        Assert.False(await second.UpdateRow(entry, "77", before.Version.Next()));
        Assert.False(await second.UpdateRow(entry, row.Item2, stale));
        Assert.False(await second.InsertRow(Entry(1), before.Version.Next()));
        Assert.Equal(before.Version.Version, (await table.ReadAll()).Version.Version);

        Assert.True(await second.UpdateRow(entry, row.Item2, before.Version.Next()));
        Assert.Equal(SiloStatus.Dead, (await table.ReadAll()).Members.Single().Item1.Status);
        Assert.Empty(await table.ListLivingAsync());
    }

    [Fact]
    public async Task Alive_Update_KeepsEverythingElse()
    {
        var entry = Entry(1);
        await table.InsertRow(entry, (await table.ReadAll()).Version.Next());
        var before = await table.ReadAll();

        await second.UpdateIAmAlive(new MembershipEntry { SiloAddress = entry.SiloAddress, IAmAliveTime = entry.IAmAliveTime.AddMinutes(1) });

        var after = await table.ReadAll();
        Assert.Equal(entry.IAmAliveTime.AddMinutes(1), after.Members.Single().Item1.IAmAliveTime);
        Assert.Equal((before.Version.Version, before.Members.Single().Item2), (after.Version.Version, after.Members.Single().Item2));
        Assert.Equal(entry.SiloName, after.Members.Single().Item1.SiloName);
    }

    [Fact]
    public async Task Cleanup_OfOldDeadOnes_LeavesTheOthers()
    {
        foreach (var (number, status) in new[] { (1, SiloStatus.Dead), (2, SiloStatus.Active) })
        {
            var entry = Entry(number);
            entry.Status = status;
            await table.InsertRow(entry, (await table.ReadAll()).Version.Next());
        }

        await table.CleanupDefunctSiloEntries(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));

        Assert.Equal(SiloStatus.Active, Assert.Single((await table.ReadAll()).Members).Item1.Status);
    }

    /// <summary>From the row that a silo writes when it joins, and after another silo has changed that row, to the look of the next one that starts.</summary>
    [Fact]
    public async Task Initialise_BesideASiloOfTheSameBucket_Joins_AndOfAnotherIsRefused()
    {
        await Open(catalog.Database, "recordings").InsertRow(Entry(1), (await table.ReadAll()).Version.Next());
        var all = await second.ReadAll();
        var (entry, etag) = all.Members.Single();
        Assert.True(await second.UpdateRow(entry, etag, all.Version.Next()));

        await Open(other, "recordings").InitializeMembershipTable(true);
        var refused = await Assert.ThrowsAsync<CatalogException>(() => Open(other, "others").InitializeMembershipTable(true));

        Assert.Contains("the bucket recordings/", refused.Message, StringComparison.Ordinal);
    }

    private static MembershipTable Open(CatalogDatabase database, string bucket) => new(
        database,
        Options.Create(new ClusterOptions { ClusterId = "cluster" }),
        new Neighbours(
            Options.Create(new FleetProf.Silo.Hosting.SiloOptions()),
            Options.Create(new CaptureOptions { Store = StoreKind.S3, S3 = new S3Options { Bucket = bucket } }),
            Fake.Of<ILocalSiloDetails>(($"get_{nameof(ILocalSiloDetails.SiloAddress)}", _ => Entry(2).SiloAddress), ($"get_{nameof(ILocalSiloDetails.DnsHostName)}", _ => "host")),
            new FakeTimeProvider(Entry(1).IAmAliveTime)));

    private static MembershipTable Open(CatalogDatabase database) => new(database, Options.Create(new ClusterOptions { ClusterId = "cluster" }));

    private static MembershipEntry Entry(int number) => new()
    {
        SiloAddress = SiloAddress.FromParsableString($"127.0.0.1:{11_000 + number}@{number}"),
        Status = SiloStatus.Active,
        ProxyPort = 30_000,
        HostName = "host",
        SiloName = $"silo{number}",
        StartTime = new DateTime(2026, 11, 26, 8, 0, 0, DateTimeKind.Utc),
        IAmAliveTime = new DateTime(2026, 11, 26, 8, 1, 0, DateTimeKind.Utc),
        SuspectTimes = [],
    };
}

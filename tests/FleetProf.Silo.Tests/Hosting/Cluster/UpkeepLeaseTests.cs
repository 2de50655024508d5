using Dapper;
using FleetProf.Silo.Hosting.Cluster;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;

namespace FleetProf.Silo.Tests.Hosting.Cluster;

/// <summary>Two silos on one database; each has a clock of its own.</summary>
[Trait("Ring", "process")]
public sealed class UpkeepLeaseTests : IDisposable
{
    private static readonly SiloIdentity One = new("127.0.0.1:11111@1");
    private static readonly SiloIdentity Two = new("127.0.0.1:11112@2");

    private readonly TemporaryCatalog catalog = new(kind: CatalogKind.Postgres);
    private readonly CatalogDatabase other;
    private readonly FakeTimeProvider clockOfOne = new();
    private readonly FakeTimeProvider clockOfTwo = new(new DateTimeOffset(2031, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly UpkeepLease one;
    private readonly UpkeepLease two;

    public UpkeepLeaseTests()
    {
        other = CatalogDatabase.OpenPostgres(catalog.Postgres!, TimeProvider.System);
        one = new UpkeepLease(catalog.Database, clockOfOne, One);
        two = new UpkeepLease(other, clockOfTwo, Two);
    }

    public void Dispose()
    {
        other.Dispose();
        catalog.Dispose();
    }

    [Fact]
    public async Task Renew_HolderThatGoesOn_KeepsTheOtherOutForEver()
    {
        Assert.True(await one.RenewAsync());
        for (var i = 0; i < 10; i++)
        {
            Assert.False(await two.RenewAsync());
            Assert.False(await one.RenewAsync());
            clockOfOne.Advance(UpkeepLease.Life / 2);
            clockOfTwo.Advance(UpkeepLease.Life / 2);
        }

        Assert.True(one.IsHeld);
        Assert.False(two.IsHeld);
    }

    [Fact]
    public async Task Renew_HolderStandsStillForALife_TakesItAndFencesTheFirstOff()
    {
        await one.RenewAsync();
        await two.RenewAsync();
        clockOfTwo.Advance(UpkeepLease.Life - TimeSpan.FromMilliseconds(1));
        Assert.False(await two.RenewAsync());
        clockOfTwo.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(await two.RenewAsync());
        // Its own clock has not moved: it believes to hold the lease, and is stopped where it writes.
        Assert.True(one.IsHeld);
        await Assert.ThrowsAsync<LeaseLostException>(() => WriteAsync(catalog.Database, one));
        await WriteAsync(other, two);
        Assert.False(await one.RenewAsync());
        Assert.False(one.IsHeld);
    }

    [Fact]
    public async Task IsHeld_WithoutRenewal_EndsByItself()
    {
        await one.RenewAsync();

        clockOfOne.Advance(UpkeepLease.Life);

        Assert.False(one.IsHeld);
        // Nobody had it meanwhile: nothing begins anew.
        Assert.False(await one.RenewAsync());
        Assert.True(one.IsHeld);
    }

    [Fact]
    public async Task Release_AndADeadHolder_NeedNoWaiting()
    {
        await one.RenewAsync();
        await one.ReleaseAsync();
        Assert.True(await two.RenewAsync());
        var members = new MembershipTable(other, Options.Create(new ClusterOptions { ClusterId = "c" }));
        await members.InitializeMembershipTable(true);
        await members.InsertRow(
            new MembershipEntry { SiloAddress = SiloAddress.FromParsableString(Two.Name), Status = SiloStatus.Dead, HostName = "h", SiloName = "s" },
            (await members.ReadAll()).Version.Next());

        Assert.True(await one.RenewAsync());
    }

    [Fact]
    public async Task Renew_LeaseWrittenByAnEarlierRunOfTheSameSilo_StartsANewEpoch()
    {
        await one.RenewAsync();
        var again = new UpkeepLease(catalog.Database, clockOfOne, One);

        Assert.True(await again.RenewAsync());

        await Assert.ThrowsAsync<LeaseLostException>(() => WriteAsync(catalog.Database, one));
    }

    private static Task<int> WriteAsync(CatalogDatabase database, UpkeepLease lease) => database.WriteAsync((connection, transaction) =>
    {
        lease.Require(connection, transaction);
        return connection.Execute("INSERT INTO catalog_probes (id, probed_at) VALUES (7, 7)", transaction: transaction);
    });
}

using Dapper;
using FleetProf.Silo.GcPauses.Hours;
using FleetProf.Silo.Hosting.Cluster;
using FleetProf.Silo.Tests.Storage;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;

namespace FleetProf.Silo.Tests.GcPauses.Hours;

public sealed class HourPackerTests : IDisposable
{
    // Nobody shares it as far as it knows, so that a lease of it is taken over at once.
    private readonly TrendRig rig = new(CatalogKind.Sqlite);

    /// <summary>What it has read may be older than what the other silo has packed since.</summary>
    [Fact]
    public async Task Pack_AfterAnotherSiloTookOver_WritesNothing()
    {
        rig.ShowInventory("agent", "a");
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 1), Create("a", 1, 2)));
        rig.Clock.SetUtcNow(Noon.AddHours(2));
        var (first, second) = (LeaseOf("127.0.0.1:11111@1"), LeaseOf("127.0.0.1:11112@2"));
        var (late, now) = (new HourPacker(rig.Catalog.Database, rig.Clock, first), new HourPacker(rig.Catalog.Database, rig.Clock, second));
        await first.RenewAsync();
        await second.RenewAsync();

        // It would close the hour.
        await Assert.ThrowsAsync<LeaseLostException>(() => late.PackAsync());
        Assert.Equal(0, await CountHoursAsync());
        await now.PackAsync();
        Assert.Equal(1, await CountHoursAsync());

        // It would pack an hour that is closed and marked.
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 9)));
        await Assert.ThrowsAsync<LeaseLostException>(() => late.PackAsync());
        Assert.Equal(0, await CountHoursAsync());
        await now.PackAsync();
        Assert.Equal(1, await CountHoursAsync());
    }

    public void Dispose() => rig.Dispose();

    private UpkeepLease LeaseOf(string name) => new(rig.Catalog.Database, rig.Clock, new SiloIdentity(name));

    private Task<long> CountHoursAsync() => rig.Catalog.Database.ReadAsync(connection => connection.ExecuteScalar<long>("SELECT COUNT(*) FROM trend_hours"));
}

using FleetProf.Silo.GcPauses;
using FleetProf.Silo.GcPauses.Rollups;
using FleetProf.Silo.Hosting.Cluster;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Tests.GcPauses.Rollups;

public sealed class TrendRollupsTests : IDisposable
{
    private readonly TrendRig rig = new();

    [Fact]
    public async Task Roll_WhileAFleetBringsWhatItKept_WaitsUntilItHas()
    {
        rig.Clock.Advance(TimeSpan.FromMinutes(10));
        await BringAsync(LateArrivals.Many);

        await RollAsync();
        var whileTheyCome = await RolledUpAsync();
        await RollAsync();

        Assert.Equal((0, LateArrivals.Many), (whileTheyCome, await RolledUpAsync()));
    }

    [Fact]
    public async Task Roll_WhenAFewWindowsAreLate_DoesNotWait()
    {
        rig.Clock.Advance(TimeSpan.FromMinutes(10));
        await BringAsync(LateArrivals.Many - 1);

        await RollAsync();

        Assert.Equal(LateArrivals.Many - 1, await RolledUpAsync());
    }

    [Fact]
    public async Task Roll_WhenAllWindowsAreInTime_DoesNotWait()
    {
        rig.Clock.Advance(TimeSpan.FromSeconds(10) + LateArrivals.Usual);
        await BringAsync(LateArrivals.Many);
        rig.Clock.Advance(TimeSpan.FromMinutes(1));

        await RollAsync();

        Assert.Equal(LateArrivals.Many, await RolledUpAsync());
    }

    /// <summary>As those of hosts whose clocks are behind.</summary>
    [Fact]
    public async Task Roll_WhenWindowsAreLateForEver_WaitsFiveMinutesEachTime()
    {
        rig.Clock.Advance(TimeSpan.FromMinutes(10));
        var rolledAfter = new List<int>();
        for (var minute = 0; minute <= 11; minute++)
        {
            await BringAsync(LateArrivals.Many, minute * 6);
            var before = await RolledUpAsync();
            await RollAsync();
            if (await RolledUpAsync() > before)
            {
                rolledAfter.Add(minute);
            }

            rig.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([5, 11], rolledAfter);
    }

    public void Dispose() => rig.Dispose();

    private async Task RollAsync()
    {
        var lease = new UpkeepLease(rig.Catalog.Database, rig.Clock);
        await lease.RenewAsync();
        using var rollups = new TrendRollups(rig.Roller, rig.Late, lease, Options.Create(new TrendOptions()), rig.Clock, NullLogger<TrendRollups>.Instance);
        await rollups.RollAsync(CancellationToken.None);
    }

    private Task BringAsync(int count, int index = 0) =>
        rig.AcceptAsync("agent", SentWindows.Batch([.. Enumerable.Range(0, count).Select(number => SentWindows.Create($"of-many-{number}", index, 1))]));

    private Task<int> RolledUpAsync() => rig.Catalog.Database.ReadAsync(connection => Dapper.SqlMapper.ExecuteScalar<int>(connection, "SELECT COUNT(*) FROM trend_rollups WHERE level_ms = 60000"));
}

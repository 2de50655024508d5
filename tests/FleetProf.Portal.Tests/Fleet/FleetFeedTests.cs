using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Fleet;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Portal.Tests.Fleet;

public sealed class FleetFeedTests(PortalFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Subscriber_First_GetsTheWholeFleetAndThenChanges()
    {
        var feed = fixture.Portal.App.Services.GetRequiredService<FleetFeed>();
        var liveCount = fixture.Silo.World.Fleet.All().Count(instance => instance.State != InstanceState.Ended);
        await using var snapshots = feed.SubscribeAsync(Cancel).GetAsyncEnumerator(Cancel);

        Assert.True(await snapshots.MoveNextAsync());
        var first = snapshots.Current;
        Assert.Equal(liveCount, first.Instances.Count);
        while (snapshots.Current.Version == first.Version)
        {
            Assert.True(await snapshots.MoveNextAsync());
        }

        Assert.Equal(liveCount, snapshots.Current.Instances.Count);
        Assert.Contains(snapshots.Current.Instances, row => row.Value.Vitals?.GcCount > first.Instances[row.Key].Vitals?.GcCount);
    }

    [Fact]
    public async Task Feed_NobodyLooks_DoesNotAskTheSilo()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        using var feed = new FleetFeed(fixture.Portal.App.Services.GetRequiredService<IClusterClient>(), clock, NullLogger<FleetFeed>.Instance);
        await feed.StartAsync(Cancel);
        Assert.Equal(0, feed.Snapshot.Version);

        await using (var snapshots = feed.SubscribeAsync(Cancel).GetAsyncEnumerator(Cancel))
        {
            Assert.True(await snapshots.MoveNextAsync());
            Assert.Equal(1, feed.SubscriberCount);
        }

        Assert.Equal(0, feed.SubscriberCount);
        var looks = 0;
        for (var i = 0; i < 20; i++)
        {
            var before = feed.Snapshot;
            clock.Advance(FleetFeed.Interval);
            await Task.Delay(5, Cancel);
            looks += ReferenceEquals(before, feed.Snapshot) ? 0 : 1;
        }

        await feed.StopAsync(Cancel);
        // The one that was under way when the page left.
        Assert.InRange(looks, 0, 1);
    }

    [Fact]
    public async Task Subscriber_Slow_GetsTheNewestSnapshot()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        using var feed = new FleetFeed(fixture.Portal.App.Services.GetRequiredService<IClusterClient>(), clock, NullLogger<FleetFeed>.Instance);
        await feed.StartAsync(Cancel);
        await using var snapshots = feed.SubscribeAsync(Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await snapshots.MoveNextAsync());
        for (var i = 0; i < 5; i++)
        {
            await NextAsync(feed, clock);
        }

        // What it is reading just now would be newer.
        await feed.StopAsync(Cancel);
        Assert.True(await snapshots.MoveNextAsync());

        Assert.Same(feed.Snapshot, snapshots.Current);
    }

    private static async Task NextAsync(FleetFeed feed, FakeTimeProvider clock)
    {
        var before = feed.Snapshot;
        while (ReferenceEquals(before, feed.Snapshot))
        {
            clock.Advance(FleetFeed.Interval);
            await Task.Delay(5, Cancel);
        }
    }
}

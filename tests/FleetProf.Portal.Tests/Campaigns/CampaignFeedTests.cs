using FleetProf.Contracts.Campaigns;
using FleetProf.Portal.Campaigns;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Portal.Tests.Campaigns;

public sealed class CampaignFeedTests(PortalFixture fixture)
{
    private const string Schedule = "01k0000000000000000000cron";

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Campaign_ThatIsOver_IsYieldedOnceAndNotWatched()
    {
        var feed = Create();
        var snapshots = await feed.SubscribeAsync("01k0000000000000000000done", Cancel).ToListAsync(Cancel);

        Assert.Equal(CampaignState.Completed, Assert.Single(snapshots).Campaign!.State);
        Assert.Equal(0, feed.WatchCount);
    }

    [Fact]
    public async Task Campaign_Unknown_IsYieldedAsNothing()
    {
        var snapshots = await Create().SubscribeAsync("01kunknown", Cancel).ToListAsync(Cancel);

        Assert.Null(Assert.Single(snapshots).Campaign);
    }

    [Fact]
    public async Task Campaign_WhileTheSilosDatabaseIsAway_IsYieldedWithThat()
    {
        await using var snapshots = Create().SubscribeAsync(FakeCampaignGrain.WithoutDatabase, Cancel).GetAsyncEnumerator(Cancel);

        Assert.True(await snapshots.MoveNextAsync());

        Assert.StartsWith("The silo cannot use its database; these figures may be old. ", snapshots.Current.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_OfOneCampaign_ShareOneWatchThatEndsWithTheLast()
    {
        var feed = Create();
        var first = feed.SubscribeAsync(Schedule, Cancel).GetAsyncEnumerator(Cancel);
        var second = feed.SubscribeAsync(Schedule, Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await first.MoveNextAsync());
        Assert.True(await second.MoveNextAsync());
        Assert.Equal(1, feed.WatchCount);

        await first.DisposeAsync();
        Assert.Equal(1, feed.WatchCount);
        await second.DisposeAsync();

        Assert.Equal(0, feed.WatchCount);
    }

    [Fact]
    public async Task Campaign_ThatCanChange_IsReadAgainEachInterval()
    {
        var feed = Create();
        await using var snapshots = feed.SubscribeAsync(Schedule, Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await snapshots.MoveNextAsync());
        var first = snapshots.Current;

        var next = snapshots.MoveNextAsync();
        while (!next.IsCompleted)
        {
            // The feed arms its wait after it has published.
            _clock.Advance(CampaignFeed.Interval);
            await Task.Delay(5, Cancel);
        }

        Assert.True(await next);
        Assert.True(snapshots.Current.AsOf > first.AsOf);
    }

    private CampaignFeed Create() => new(fixture.Portal.App.Services.GetRequiredService<IClusterClient>(), _clock, NullLogger<CampaignFeed>.Instance);
}

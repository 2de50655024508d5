using Bunit;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Campaigns;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Portal.Tests.Campaigns;

public sealed class CampaignPageTests : BunitContext
{
    private static readonly Campaign Running = new()
    {
        CampaignId = "c1", Spec = new() { Selector = new() { Services = ["checkout"] }, Kinds = [CaptureKind.Gc] }, State = CampaignState.Running, CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private readonly ArmedClock _clock = new();

    /// <summary>The page reads on and is answered; none of that says whether the stop has come.</summary>
    [Fact]
    public async Task StopAll_AnswerLost_IsSaidUntilItIsPressedAgain()
    {
        var isLost = true;
        var page = Open((method, _) => method == nameof(ICampaignGrain.StopAsync) && isLost
            ? Task.FromException<Campaign?>(new TimeoutException())
            : Task.FromResult<Campaign?>(Running));

        await page.PressStopAsync();
        await _clock.PassAsync(3, Xunit.TestContext.Current.CancellationToken);
        await page.WaitForAssertionAsync(() => Assert.Equal("as of 00:00:03 UTC", page.Find(".fp-asof").TextContent), PlayedPages.Patience);

        Assert.Contains("it is unknown whether the stop worked, and a second press does no harm", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        isLost = false;
        await page.PressStopAsync();
        Assert.Empty(page.FindAll("[role=alert]"));
    }

    [Fact]
    public async Task StopAll_AnswerLostThoughItWorked_IsSaidNoMoreOnceItIsSeen()
    {
        var shown = Running;
        var page = Open((method, _) => method == nameof(ICampaignGrain.StopAsync) ? Task.FromException<Campaign?>(new TimeoutException()) : Task.FromResult<Campaign?>(shown));
        await page.PressStopAsync();
        Assert.Single(page.FindAll("[role=alert]"));

        shown = Running with { State = CampaignState.Stopped, Targets = [Target] };
        await _clock.PassAsync(1, Xunit.TestContext.Current.CancellationToken);

        await page.WaitForAssertionAsync(() => Assert.Equal("stopped", page.Find("[role=status]").TextContent), PlayedPages.Patience);
        Assert.Empty(page.FindAll("[role=alert]"));
    }

    [Fact]
    public async Task Schedule_WhoseRunWasDrawnFromFewer_DoesNotSayThatItDidNotStart()
    {
        const string Fewer = "The run c1-20261129T0300 was started, and drawn without some that may fit.";
        var schedule = Running with { Spec = Running.Spec with { Cron = "0 3 * * *" }, State = CampaignState.Scheduled, RunIds = ["c1-20261129T0300"], LastProblem = Fewer };

        var page = Open((_, _) => Task.FromResult<Campaign?>(schedule));

        await page.WaitForElementAsync("p.fp-notice", PlayedPages.Patience);
        Assert.Equal($"Of the last run: {Fewer}", page.Find("p.fp-notice").TextContent);
    }

    [Theory]
    [InlineData(CampaignState.Running, "Of the draw:")]
    [InlineData(CampaignState.Completed, "Of the draw:")]
    [InlineData(CampaignState.Stopped, "It was stopped.")]
    public async Task Campaign_DrawnFromFewer_IsCalledStoppedOnlyWhereItWas(CampaignState state, string heading)
    {
        const string Fewer = "It was drawn without some that may fit.";
        var campaign = Running with { State = state, LastProblem = Fewer, EndedAt = state == CampaignState.Running ? null : DateTimeOffset.UnixEpoch };

        var page = Open((_, _) => Task.FromResult<Campaign?>(campaign));

        await page.WaitForElementAsync("p.fp-notice", PlayedPages.Patience);
        Assert.Equal($"{heading} {Fewer}", page.Find("p.fp-notice").TextContent);
    }

    /// <summary>Not over yet, so that the campaign is read on.</summary>
    private static CampaignTarget Target => new()
    {
        CaptureId = "c1-0000", InstanceId = "i1", Service = "checkout", AgentId = "a1", Kind = CaptureKind.Gc, InclusionProbability = 1, State = CaptureState.Analysing,
    };

    private IRenderedComponent<CampaignPage> Open(Func<string, object?[], Task> answer)
    {
        var cluster = PlayedGrains.Cluster(answer);
        Services.AddSingleton(cluster);
        Services.AddSingleton(new CampaignFeed(cluster, _clock, NullLogger<CampaignFeed>.Instance));
        return this.RenderAs<CampaignPage>([Grants.AllServices], parameters => parameters.Add(page => page.CampaignId, "c1"));
    }
}

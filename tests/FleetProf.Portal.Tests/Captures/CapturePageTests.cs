using Bunit;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Campaigns;
using FleetProf.Portal.Captures;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Portal.Tests.Captures;

/// <summary>Somebody who is limited to checkout looks at its capture in a campaign that also covers search: to them there is no such campaign.</summary>
public sealed class CapturePageTests : BunitContext
{
    private static readonly Campaign OfBoth = new()
    {
        CampaignId = "c1", Spec = new() { Selector = new() { Services = ["checkout", "search"] }, Kinds = [CaptureKind.Gc] }, State = CampaignState.Running, CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private readonly ArmedClock _clock = new();
    private CaptureKind _kind = CaptureKind.Gc;
    private CaptureState _state = CaptureState.Running;
    private DateTimeOffset? _removedAt;
    private bool _isStopLost;
    private int _campaignReads;

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task Capture_InACampaignOfOthers_IsReadUntilItIsReady()
    {
        var page = Open();

        await _clock.PassAsync(8, Cancel);
        Assert.NotEqual("ready", page.Find("[role=status]").TextContent);
        _state = CaptureState.Ready;
        await _clock.PassAsync(1, Cancel);

        await page.WaitForAssertionAsync(() => Assert.Equal("ready", page.Find("[role=status]").TextContent), PlayedPages.Patience);
        // Each time more would be a refusal in the audit log.
        Assert.Equal(1, _campaignReads);
    }

    [Fact]
    public async Task Stop_InACampaignOfOthers_SaysWhyItStopsNothing()
    {
        var page = Open();

        await page.PressStopAsync();
        await _clock.PassAsync(3, Cancel);

        Assert.Equal(CaptureApi.OfOthers, page.Find("[role=alert] span").TextContent);
    }

    [Fact]
    public async Task Stop_AnswerLost_IsSaidWhileThePageReadsOn()
    {
        _isStopLost = true;
        var page = Open();

        await page.PressStopAsync();
        await _clock.PassAsync(3, Cancel);

        Assert.Contains("it is unknown whether the stop worked", page.Find("[role=alert] span").TextContent, StringComparison.Ordinal);
    }

    /// <summary>A difference and the dual view need the files.</summary>
    [Theory]
    [InlineData(CaptureKind.Trace, false, "Compare…")]
    [InlineData(CaptureKind.Trace, true, "")]
    [InlineData(CaptureKind.Alloc, false, "Compare…, Dual view")]
    [InlineData(CaptureKind.Alloc, true, "")]
    [InlineData(CaptureKind.Gcdump, false, "Dual view, Compare…")]
    [InlineData(CaptureKind.Gcdump, true, "")]
    public async Task Capture_WhoseFilesWereDeleted_LeadsToNoViewOfThem(CaptureKind kind, bool isDeleted, string expected)
    {
        (_kind, _state) = (kind, CaptureState.Ready);
        _removedAt = isDeleted ? DateTimeOffset.UnixEpoch : null;

        var page = Open();

        await page.WaitForElementAsync("a[href='campaigns/c1']", PlayedPages.Patience);
        Assert.Equal(expected, string.Join(", ", page.FindAll(".fp-actions a").Select(link => link.TextContent.Trim()).Where(text => text is "Compare…" or "Dual view")));
    }

    private Task Answer(string method, object?[] arguments)
    {
        switch (method, arguments)
        {
            case (nameof(ICaptureQueryGrain.GetAsync), [string, ..]):
                return Task.FromResult<Capture?>(new() { CaptureId = "c1-0000", CampaignId = "c1", InstanceId = "i1", Service = "checkout", Kind = _kind, State = _state, RemovedAt = _removedAt });
            case (nameof(ICaptureQueryGrain.ListFilesAsync), _):
                return Task.FromResult<IReadOnlyList<CaptureFile>>([]);
            case (nameof(ICampaignGrain.StopTargetAsync), _):
                return _isStopLost ? Task.FromException<bool>(new TimeoutException()) : Task.FromResult(false);
            default:
                // The portal reads for all pages together, and looks at the grants of each itself.
                var isPortal = RequestContext.Get(Caller.Key) is Caller { CredentialId: Caller.PortalCredential };
                _campaignReads += isPortal ? 0 : 1;
                return Task.FromResult(isPortal ? OfBoth : null);
        }
    }

    private IRenderedComponent<CapturePage> Open()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        var cluster = PlayedGrains.Cluster(Answer);
        Services.AddSingleton(cluster);
        Services.AddSingleton<TimeProvider>(_clock);
        Services.AddSingleton(new CampaignFeed(cluster, new FakeTimeProvider(), NullLogger<CampaignFeed>.Instance));
        return this.RenderAs<CapturePage>(["checkout"], parameters => parameters.Add(page => page.CaptureId, "c1-0000"));
    }
}

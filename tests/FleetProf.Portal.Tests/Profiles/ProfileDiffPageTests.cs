using Bunit;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Profiles;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Portal.Tests.Profiles;

public sealed class ProfileDiffPageTests : BunitContext
{
    private static readonly Capture Early = Trace("early", 1);
    private static readonly Capture Late = Trace("late", 2);

    [Fact]
    public void Difference_WithACutRecording_SaysSoOnThePage()
    {
        var page = Open(
            Early with { Summary = new() { IsComplete = false, IncompleteReason = "reading stopped after 12 events", Warnings = ["the recording has no rundown, so methods have no names"] } },
            Late with { IsPartial = true });

        Assert.Equal(
            [
                "The earlier capture is incomplete. Not everything is in the file: reading stopped after 12 events. What it lacks may look new.",
                "The later capture is partial. The target ended first, or a limit cut the recording: what it lacks may look gone.",
            ],
            page.FindAll("p.fp-notice").Select(notice => notice.TextContent));
        Assert.Equal("The earlier capture: the recording has no rundown, so methods have no names", Assert.Single(page.FindAll("ul li")).TextContent);
        Assert.Single(page.FindAll(".result"));
    }

    [Fact]
    public void Difference_OfWholeRecordings_DoubtsNothing()
    {
        var page = Open(Early, Late with { Summary = new() { Warnings = [] } });

        Assert.Empty(page.FindAll("p.fp-notice, ul"));
        Assert.Single(page.FindAll(".result"));
    }

    [Fact]
    public void Partner_WhoseFilesWereDeleted_IsNotChosen()
    {
        var page = Open(Early with { RemovedAt = DateTimeOffset.UnixEpoch.AddDays(3) }, Late, "profiles/diff?to=late");

        Assert.Contains("A difference needs two captures", page.Markup, StringComparison.Ordinal);
        Assert.Equal(["", "late"], Offered(page));
    }

    /// <summary>Its files are asked for as ever, and the answer says what became of them.</summary>
    [Fact]
    public void Capture_NamedByTheAddressThoughItsFilesWereDeleted_StaysChosen()
    {
        var page = Open(Early with { RemovedAt = DateTimeOffset.UnixEpoch.AddDays(3) }, Late);

        Assert.Single(page.FindAll(".result"));
        Assert.Equal(["late", "early"], Offered(page));
    }

    private static IEnumerable<string?> Offered(IRenderedComponent<ProfileDiffPage> page) => page.FindAll("select[aria-label='Earlier capture'] option").Select(option => option.GetAttribute("value"));

    private static Capture Trace(string id, int day) => new()
    {
        CaptureId = id, CampaignId = "c1", InstanceId = "i1", Service = "first", Kind = CaptureKind.Trace, State = CaptureState.Ready, RequestedAt = DateTimeOffset.UnixEpoch.AddDays(day),
    };

    private IRenderedComponent<ProfileDiffPage> Open(Capture early, Capture late, string address = "profiles/diff?from=early&to=late")
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(PlayedGrains.Cluster((method, arguments) => (method, arguments) switch
        {
            (nameof(ICaptureQueryGrain.GetAsync), ["early", ..]) => Task.FromResult<Capture?>(early),
            (nameof(ICaptureQueryGrain.GetAsync), _) => Task.FromResult<Capture?>(late),
            (nameof(IStorageGrain.CiteAsync), _) => Task.CompletedTask,
            _ => Task.FromResult<IReadOnlyList<Capture>>([late, early]),
        }));
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<ProfileDiffPage>();
    }
}

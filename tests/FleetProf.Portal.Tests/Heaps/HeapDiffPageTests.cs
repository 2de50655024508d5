using Bunit;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Heaps;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Portal.Tests.Heaps;

/// <summary>Other services have taken so many snapshots since that the newest of the fleet are theirs alone.</summary>
public sealed class HeapDiffPageTests : BunitContext
{
    private static readonly Capture Early = Snapshot("early", 1);
    private static readonly Capture Late = Snapshot("late", 2);

    [Fact]
    public void Pair_OlderThanTheNewestOfTheFleet_IsShown()
    {
        var page = Open("heaps/diff?from=early&to=late", Late, Early);

        Assert.DoesNotContain("There are no heap snapshots", page.Markup, StringComparison.Ordinal);
        Assert.Single(page.FindAll(".result"));
        Assert.Equal(["late", "early"], Offered(page));
    }

    [Fact]
    public void Pair_OlderThanTheNewestOfItsService_IsOffered()
    {
        var page = Open("heaps/diff?from=early&to=late", Snapshot("newer", 3));

        Assert.Single(page.FindAll(".result"));
        Assert.Equal(["newer", "late", "early"], Offered(page));
    }

    [Fact]
    public void Partner_WhoseFilesWereDeleted_IsNotChosen()
    {
        var page = Open("heaps/diff?to=late", Late, Early with { RemovedAt = DateTimeOffset.UnixEpoch.AddDays(3) });

        Assert.Contains("A difference needs two snapshots", page.Markup, StringComparison.Ordinal);
        Assert.Equal(["", "late"], Offered(page));
    }

    private static IEnumerable<string?> Offered(IRenderedComponent<HeapDiffPage> page) => page.FindAll("select[aria-label='Earlier snapshot'] option").Select(option => option.GetAttribute("value"));

    private static Capture Snapshot(string id, int day) => new()
    {
        CaptureId = id, CampaignId = "c1", InstanceId = "i1", Service = "first", Kind = CaptureKind.Gcdump, State = CaptureState.Ready, RequestedAt = DateTimeOffset.UnixEpoch.AddDays(day),
    };

    private IRenderedComponent<HeapDiffPage> Open(string address, params Capture[] ofFirst)
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(PlayedGrains.Cluster((method, arguments) => (method, arguments) switch
        {
            (nameof(ICaptureQueryGrain.GetAsync), ["early", ..]) => Task.FromResult<Capture?>(Early),
            (nameof(ICaptureQueryGrain.GetAsync), _) => Task.FromResult<Capture?>(Late),
            (_, [CaptureFilter { Service: "first" }, ..]) => Task.FromResult<IReadOnlyList<Capture>>(ofFirst),
            _ => Task.FromResult<IReadOnlyList<Capture>>([]),
        }));
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<HeapDiffPage>();
    }
}

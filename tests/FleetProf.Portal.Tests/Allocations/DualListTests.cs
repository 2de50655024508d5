using Bunit;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Allocations;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Portal.Tests.Allocations;

/// <summary>Other services have captured so much since that the newest of the fleet is theirs alone.</summary>
public sealed class DualListTests : BunitContext
{
    [Fact]
    public void Pair_OlderThanTheNewestOfTheFleet_IsShown()
    {
        var page = Open("allocations/dual?service=first", null);

        Assert.DoesNotContain("None is ready", page.Markup, StringComparison.Ordinal);
        Assert.Single(page.FindAll(".result"));
        Assert.Equal(["first"], page.FindAll("select[aria-label=Service] option").Select(option => option.GetAttribute("value")));
    }

    [Fact]
    public void Partner_WhoseFilesWereDeleted_IsNotChosen()
    {
        var page = Open("allocations/dual?service=first", DateTimeOffset.UnixEpoch.AddDays(3));

        Assert.Empty(page.FindAll(".result"));
        Assert.Contains("needs an allocation capture and a heap snapshot", page.Markup, StringComparison.Ordinal);
    }

    /// <param name="address">Of the page.</param>
    /// <param name="removedAt">When the files of the only heap snapshot were deleted.</param>
    private IRenderedComponent<DualPage> Open(string address, DateTimeOffset? removedAt)
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(PlayedGrains.Cluster((_, arguments) => Task.FromResult<IReadOnlyList<Capture>>(
            arguments is [CaptureFilter { Service: "first", Kind: { } kind }, ..] ? [Ready(kind) with { RemovedAt = kind == CaptureKind.Gcdump ? removedAt : null }] : [])));
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<DualPage>();
    }

    private static Capture Ready(CaptureKind kind) => new()
    {
        CaptureId = $"{kind}", CampaignId = "c1", InstanceId = "i1", Service = "first", Kind = kind, State = CaptureState.Ready, RequestedAt = DateTimeOffset.UnixEpoch,
    };
}

using Bunit;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Heaps;
using FleetProf.Portal.Heaps;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Portal.Tests.Heaps;

public sealed class HeapGrowthOfGoTests : BunitContext
{
    /// <summary>It asked for a second snapshot, and again when there was one.</summary>
    [Fact]
    public void Growth_OfAServiceOfGo_LeadsToTheDifferenceOfItsProfiles()
    {
        var profile = new Capture
        {
            CaptureId = "go-0002", CampaignId = "c1", InstanceId = "i1", Service = "ledger", Kind = CaptureKind.Gcdump, State = CaptureState.Ready, Summary = new() { Runtime = "Go" },
        };
        Services.AddSingleton(PlayedGrains.Cluster((method, _) => method == nameof(IHeapQueryGrain.GrowthAsync)
            ? Task.FromResult(new HeapGrowthReport { Service = "ledger", GoProfiles = 2, Rows = [] })
            : Task.FromResult<IReadOnlyList<Capture>>([profile])));
        Services.AddSingleton<TimeProvider>(new FakeTimeProvider());
        Services.GetRequiredService<NavigationManager>().NavigateTo("heaps/growth?service=ledger");

        var page = Render<HeapGrowthPage>();

        var notice = page.Find("p.fp-notice");
        Assert.Equal("Profiles of Go have no types and references. Their difference shows which functions have more in use.", notice.TextContent);
        Assert.Equal("profiles/diff?to=go-0002", notice.QuerySelector("a")!.GetAttribute("href"));
        Assert.Empty(page.FindAll(".fp-empty"));
    }
}

using Bunit;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.GcPauses;
using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.GcPauses;

public sealed class ServicePageTests : BunitContext
{
    /// <summary>Until the silo has said that there is no such service for this person, the page stands there with what the portal knows of it.</summary>
    [Theory]
    [InlineData(PlayedFleet.Own, "0")]
    [InlineData(Grants.AllServices, "1")]
    public async Task Service_OfOthersWhileTheSiloIsAsked_ShowsNoneOfItsInstances(string limit, string instances)
    {
        await this.StartFleetAsync((method, arguments) => method switch
        {
            nameof(IFleetQueryGrain.GetServiceAsync) => new TaskCompletionSource<ServiceRow?>().Task,
            nameof(IGcPauseQueryGrain.GetCausesAsync) => new TaskCompletionSource<PauseCauses>().Task,
            nameof(IGcPauseQueryGrain.GetAdviceAsync) => new TaskCompletionSource<ServiceAdvice>().Task,
            _ when arguments is [CaptureFilter, ..] => Task.FromResult<IReadOnlyList<Capture>>([]),
            _ => Task.FromResult<IReadOnlyList<Comparison>>([]),
        });

        var page = this.RenderAs<ServicePage>([limit], parameters => parameters.Add(shown => shown.Service, PlayedFleet.Foreign));

        await page.WaitForAssertionAsync(() => Assert.Equal(instances, page.Find(".service-cards .fp-value").TextContent), PlayedPages.Patience);
        Assert.True(instances != "0" || !page.Markup.Contains($"host-of-{PlayedFleet.Foreign}", StringComparison.Ordinal));
    }
}

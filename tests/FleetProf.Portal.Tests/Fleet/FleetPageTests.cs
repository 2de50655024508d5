using Bunit;
using FleetProf.Contracts.Access;
using FleetProf.Portal.Fleet;
using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.Fleet;

/// <summary>The silo gives the portal the whole fleet: what somebody may not see of it, only the page leaves out.</summary>
public sealed class FleetPageTests : BunitContext
{
    [Theory]
    [InlineData(PlayedFleet.Own, PlayedFleet.Own)]
    [InlineData(Grants.AllServices, PlayedFleet.Own, PlayedFleet.Foreign)]
    public async Task Fleet_ForSomebodyLimitedToServices_ShowsNothingOfTheOthers(string limit, params string[] services)
    {
        await this.StartFleetAsync((method, _) => throw new NotSupportedException(method));

        var page = this.RenderAs<FleetPage>([limit], _ => { });

        await page.WaitForAssertionAsync(() => Assert.Equal($"{services.Length} instances of {services.Length} services", page.Find("[role=status]").TextContent), PlayedPages.Patience);
        // The list of services to filter by.
        await page.Find("details.fp-menu").ToggleAsync(EventArgs.Empty);
        Assert.Equal(services, page.FindAll("label.fp-option span:not(.fp-muted)").Select(name => name.TextContent));
        Assert.Equal(services.Length > 1, page.Markup.Contains(PlayedFleet.Foreign, StringComparison.Ordinal));
    }
}

using FleetProf.Contracts.Budgets;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Browser;

/// <summary>The switch and its banner, over a fleet of their own: while it is on, nothing else can be tested there.</summary>
[Collection<BrowserCollection>]
public sealed class HoldPageTests(BrowserFixture browser) : IAsyncLifetime
{
    private FakeSilo silo = null!;
    private PortalUnderTest portal = null!;

    public async ValueTask InitializeAsync()
    {
        silo = await FakeSilo.StartAsync(new FakeWorld(TimeProvider.System));
        portal = await PortalUnderTest.StartAsync(silo);
    }

    public async ValueTask DisposeAsync()
    {
        await portal.DisposeAsync();
        await silo.DisposeAsync();
    }

    [Fact]
    public async Task Stop_AsksForAReasonAndASecondPress_ThenEveryPageSaysIt_UntilItIsLifted()
    {
        await using var admin = await browser.OpenAsync("/campaigns", portalUrl: portal.Url);
        await using var other = await browser.OpenAsync("/captures", portalUrl: portal.Url);
        var page = admin.Page;
        var banner = page.Locator(".fp-hold");
        await Expect(banner).ToHaveCountAsync(0);

        await page.GetByRole(AriaRole.Button, new() { Name = "Stop all captures…" }).ClickAsync();
        var stop = page.GetByRole(AriaRole.Button, new() { Name = "Stop now" });
        await Expect(stop).ToBeDisabledAsync();
        Assert.Empty(silo.World.Holds);
        await page.GetByLabel("Reason").FillAsync("the <b>shop</b> is slow");
        await stop.ClickAsync();

        await Expect(banner).ToContainTextAsync("All captures are stopped.");
        await Expect(banner).ToContainTextAsync("by tester: the <b>shop</b> is slow.");
        await Expect(other.Page.Locator(".fp-hold")).ToContainTextAsync("All captures are stopped.");
        Assert.Equal("the <b>shop</b> is slow", silo.World.Holds[CaptureHold.EveryService].Reason);
        await admin.PictureAsync("hold");

        await page.GetByRole(AriaRole.Button, new() { Name = "Allow captures again…" }).ClickAsync();
        await page.GetByLabel("Reason").FillAsync("it is fast");
        await page.GetByRole(AriaRole.Button, new() { Name = "Allow now" }).ClickAsync();

        await Expect(banner).ToHaveCountAsync(0);
        await Expect(other.Page.Locator(".fp-hold")).ToHaveCountAsync(0);
        Assert.Empty(admin.Complaints);
    }
}

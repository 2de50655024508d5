using FleetProf.Contracts.Budgets;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Browser;

/// <summary>The switch and its banner, over a fleet of their own: while it is on, nothing else can be tested there.</summary>
[Collection<BrowserCollection>]
public sealed class HoldPageTests : IClassFixture<OwnFleet>
{
    private readonly BrowserFixture browser;
    private readonly FakeSilo silo;
    private readonly PortalUnderTest portal;

    public HoldPageTests(BrowserFixture browser, OwnFleet fleet)
    {
        (this.browser, silo, portal) = (browser, fleet.Silo, fleet.Portal);

        // Pages ask the silo itself each time: nothing of an earlier test's holds is left then.
        silo.World.Holds.Clear();
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

    [Fact]
    public async Task Panel_HoldThatOthersPlaceAndThatEnds_OffersToLiftItMeanwhile()
    {
        await using var admin = await browser.OpenAsync("/campaigns", portalUrl: portal.Url);
        var lift = admin.Page.GetByRole(AriaRole.Button, new() { Name = "Allow captures of checkout again…" });
        await Expect(admin.Page.GetByRole(AriaRole.Button, new() { Name = "Stop all captures…" })).ToBeVisibleAsync();
        await Expect(lift).ToHaveCountAsync(0);

        silo.World.Holds["checkout"] = new() { Service = "checkout", Reason = "it is slow", PlacedBy = "pager", PlacedAt = DateTimeOffset.UnixEpoch, IsByAlert = true };
        await Expect(lift).ToBeVisibleAsync();

        silo.World.Holds.Clear();
        await Expect(lift).ToHaveCountAsync(0);
        Assert.Empty(admin.Complaints);
    }

    /// <summary>The charts of a service are seen before its page has a circuit: with the holds above them, and never a frame without.</summary>
    [Fact]
    public async Task Charts_BeforeTheCircuitUnderAHold_StandWhereThePageHasThem()
    {
        silo.World.Holds["checkout"] = new() { Service = "checkout", Reason = "it is slow", PlacedBy = "ann", PlacedAt = DateTimeOffset.UnixEpoch };
        silo.World.Holds[CaptureHold.EveryService] = new() { Service = CaptureHold.EveryService, Reason = "the shop is slow", PlacedBy = "ann", PlacedAt = DateTimeOffset.UnixEpoch };
        await using var open = await browser.OpenAsync("/comparisons", portalUrl: portal.Url);
        var page = open.Page;
        var mayStart = await open.HoldCircuitBackAsync(".fp-hold");
        await page.GotoAsync("/services/checkout?each=instance&range=15m");
        await Expect(page.Locator(".fp-early .trends[data-painted] .u-over")).ToHaveCountAsync(6);
        await Expect(page.Locator(".fp-early .fp-hold")).ToHaveCountAsync(2);
        var early = (await page.Locator(".trends").First.BoundingBoxAsync())!;
        mayStart.SetResult();

        await Expect(page.Locator("main .trends[data-painted] .u-over")).ToHaveCountAsync(6);
        await Expect(page.Locator(".fp-early")).ToHaveCountAsync(0);
        await Expect(page.Locator(".fp-hold")).ToHaveCountAsync(2);
        var settled = (await page.Locator("main .trends").BoundingBoxAsync())!;
        Assert.Equal((early.X, early.Width), (settled.X, settled.Width));
        Assert.InRange(settled.Y - early.Y, -20, 20);
        Assert.Equal(["2"], await open.SeenFramesAsync());
        await open.PictureAsync("service-held");
        Assert.Empty(open.Complaints);
    }
}

using System.Net;
using System.Text.RegularExpressions;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Tests.Browser;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Allocations;

[Collection<BrowserCollection>]
public sealed class DualPageTests(BrowserFixture browser)
{
    private string Of(CaptureKind kind) => browser.Portal.Silo.World.Captures().First(capture => capture.Kind == kind && capture is { Service: "checkout", State: CaptureState.Ready }).CaptureId;

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Page_OfAService_ShowsItsLatestPair(ColorScheme theme)
    {
        await using var open = await browser.OpenAsync("/allocations/dual?service=checkout", theme);
        var page = open.Page;

        await Expect(page.Locator("[data-rows='200']")).ToBeVisibleAsync();
        await Expect(page.Locator(".dual-card[data-quadrant=churn]")).ToContainTextAsync("2 types");
        await Expect(page.Locator(".dual-dot")).ToHaveCountAsync(200);
        await open.PictureAsync($"dual-{theme}");

        Assert.InRange(open.CircuitBytes, 1, 300_000);
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Quadrant_Chosen_FiltersTellsTheNextCaptureAndStaysInTheAddress()
    {
        await using var open = await browser.OpenAsync($"/allocations/dual?alloc={Of(CaptureKind.Alloc)}&heap={Of(CaptureKind.Gcdump)}");
        var page = open.Page;
        await page.ClickAsync("[data-quadrant=cacheOrLeak]");

        await Expect(page).ToHaveURLAsync(new Regex("quadrant=cacheOrLeak"));
        await Expect(page.Locator("[data-rows='1']")).ToBeVisibleAsync();
        await Expect(page.Locator(".hidden-advice")).ToContainTextAsync("another heap snapshot");
        await open.PictureAsync("dual-quadrant");
        await page.ReloadAsync();
        await Expect(page.Locator("[data-rows='1']")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare snapshots" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/heaps/diff\\?to="));
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Page_OfAServiceWithoutSnapshots_SaysWhatToCapture()
    {
        await using var open = await browser.OpenAsync("/allocations/dual?service=search");

        await Expect(open.Page.Locator(".fp-empty a")).ToHaveAttributeAsync("href", new Regex("campaigns/new\\?services=search&kind=alloc"));
    }

    [Fact]
    public async Task Api_WithCapturesThatDoNotGoTogether_SaysWhyNot()
    {
        using var client = browser.Portal.Portal.Authorised();
        var (alloc, heap) = (Of(CaptureKind.Alloc), Of(CaptureKind.Gcdump));

        var view = await client.JsonAsync($"/api/v1/allocations/dual?alloc={alloc}&heap={heap}");
        var swapped = await client.GetAsync($"/api/v1/allocations/dual?alloc={heap}&heap={alloc}", TestContext.Current.CancellationToken);

        Assert.Equal((alloc, "churn"), ((string?)view["allocCaptureId"], (string?)view["rows"]![0]!["quadrant"]));
        Assert.Equal(HttpStatusCode.BadRequest, swapped.StatusCode);
    }
}

using System.Text.RegularExpressions;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Tests.Browser;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Allocations;

[Collection<BrowserCollection>]
public sealed class HiddenAllocationsViewTests(BrowserFixture browser)
{
    private string Address =>
        $"/captures/{browser.Portal.Silo.World.Captures().First(capture => capture.Kind == CaptureKind.Alloc && capture.State == CaptureState.Ready).CaptureId}?tab=hidden";

    [Fact]
    public async Task Card_Chosen_GivesAdviceFiltersTheTableAndStaysInTheAddress()
    {
        await using var open = await browser.OpenAsync(Address);
        var page = open.Page;
        await page.Locator("[data-rows='8']").WaitForAsync();
        await Expect(page.Locator(".hidden-summary")).ToContainTextAsync("of 1.20 GB allocated is hidden");
        await open.PictureAsync("hidden-allocations");

        await page.ClickAsync("[data-class='H01']");

        await Expect(page).ToHaveURLAsync(new Regex("tab=hidden&class=H01"));
        await Expect(page.Locator(".hidden-advice")).ToContainTextAsync("Usual mend");
        await Expect(page.Locator(".table output")).ToHaveTextAsync("2 of 8 hidden allocations");
        await open.PictureAsync("hidden-allocations-advice");
        await page.ReloadAsync();
        await Expect(page.Locator(".table output")).ToHaveTextAsync("2 of 8 hidden allocations");
        await page.GoBackAsync();
        await Expect(page.Locator(".hidden-advice")).ToHaveCountAsync(0);
        Assert.InRange(open.CircuitBytes, 1, 300_000);
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Method_Clicked_IsFoundInTheFlameGraph()
    {
        await using var open = await browser.OpenAsync(Address);

        await open.Page.Locator(".table-results tbody a").First.ClickAsync();

        await Expect(open.Page).ToHaveURLAsync(new Regex("tab=flame&find=Example"));
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task ByType_OfAnAllocationCapture_IsAFlameGraph()
    {
        await using var open = await browser.OpenAsync(Address.Replace("tab=hidden", "tab=bytype", StringComparison.Ordinal));

        await open.Page.Locator(".flame[data-painted]").WaitForAsync();
        Assert.Empty(open.Complaints);
    }
}

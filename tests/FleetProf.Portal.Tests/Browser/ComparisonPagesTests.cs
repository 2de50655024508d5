using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Browser;

[Collection<BrowserCollection>]
public sealed class ComparisonPagesTests(BrowserFixture browser)
{
    [Fact]
    public async Task List_OfOneVerdict_StandsInTheAddress()
    {
        await using var open = await browser.OpenAsync("/comparisons");
        var page = open.Page;

        await page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("REGRESSED") }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("verdict=regressed$"));
        await Expect(page.Locator(".comparisons tbody tr")).ToHaveCountAsync(await page.Locator(".comparisons tbody .verdict >> text=REGRESSED").CountAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Made" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("verdict=regressed&sort=made$"));
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task List_RefreshFailsUnexpectedly_SaysSoInsteadOfStandingStill()
    {
        var world = browser.Portal.Silo.World;
        await using var open = await browser.OpenAsync("/comparisons?service=breaks-later");
        await Expect(open.Page.Locator(".fp-empty")).ToBeVisibleAsync();

        world.Faulty["breaks-later"] = true;

        await Expect(open.Page.Locator("main [role=alert]")).ToContainTextAsync("A planted fault.");
        world.Faulty.Clear();
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Show it again" }).ClickAsync();
        await Expect(open.Page.Locator(".fp-empty")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Form_TimesEntered_AreUtcInTheAddress()
    {
        await using var open = await browser.OpenAsync("/compare?service=checkout&baseline=1.1.0&candidate=1.1.0");
        var page = open.Page;
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Compare", Exact = true })).ToBeDisabledAsync();

        await page.GetByText("Compare times instead").ClickAsync();
        await page.GetByLabel("A from, UTC").FillAsync("2026-11-01T10:00");
        await Expect(page).ToHaveURLAsync(new Regex("baselineFrom=2026-11-01T10%3A00%3A00Z"));

        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Compare", Exact = true })).ToBeEnabledAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Forget the times" }).ClickAsync();
        await Expect(page.GetByLabel("A from, UTC")).ToHaveValueAsync("");
    }

    [Fact]
    public async Task Form_WithoutAService_ShowsTheLatestOfAll()
    {
        await using var open = await browser.OpenAsync("/compare");

        await Expect(open.Page.Locator(".comparisons tbody tr").First).ToBeVisibleAsync();
        await Expect(open.Page.Locator(".comparisons")).ToContainTextAsync("checkout");
    }
}

using System.Text.RegularExpressions;
using FleetProf.Portal.Tests.Browser;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Fleet;

[Collection<BrowserCollection>]
public sealed class FleetPagesTests(BrowserFixture browser)
{
    /// <summary>The address of each tick comes back after the next tick.</summary>
    [Fact]
    public async Task Rows_TickedFasterThanTheAddressComesBack_AreAllChosen()
    {
        await using var open = await browser.OpenAsync("/?service=checkout");
        var page = open.Page;
        await Expect(page.Locator("tbody tr.fleet-row").Nth(4)).ToBeVisibleAsync();

        await page.EvaluateAsync("() => [...document.querySelectorAll('tbody tr.fleet-row input')].slice(0, 5).forEach((box) => box.click())");

        await Expect(page.GetByText("5 selected")).ToBeVisibleAsync();
        await Expect(page.Locator("tbody tr.fleet-row input:checked")).ToHaveCountAsync(5);
        await Expect(page).ToHaveURLAsync(new Regex("(&select=[^&]+){5}$"));
        Assert.Empty(open.Complaints);
    }

    /// <summary>Services that are gone stay open in an address.</summary>
    [Fact]
    public async Task Services_OfWhichTheMostAreOpen_CannotBeOpenedAndSayWhy()
    {
        await using var open = await browser.OpenAsync("/?group=service&" + string.Join('&', Enumerable.Range(0, 100).Select(i => $"open=gone{i}")));
        var first = open.Page.Locator("tbody tr.fleet-group td").First;

        await Expect(first.Locator("button")).ToBeDisabledAsync();
        await Expect(first).ToHaveAttributeAsync("title", new Regex("^100 services are open, which is the most\\."));
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task List_OfEndedOnes_SaysWhereTheyAre()
    {
        await using var open = await browser.OpenAsync("/?state=ended");

        await Expect(open.Page.Locator(".fp-empty")).ToContainTextAsync("fleetprof instances --all");
        Assert.Empty(open.Complaints);
    }
}

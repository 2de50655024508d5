using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Browser;

[Collection<BrowserCollection>]
public sealed class FleetPageTests(BrowserFixture browser)
{
    [Fact]
    public async Task Search_Typed_FiltersAndStandsInTheAddress()
    {
        await using var open = await browser.OpenAsync("/");
        var page = open.Page;
        await Expect(page.Locator("tbody tr.fleet-row").First).ToBeVisibleAsync();

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("checkout", new() { Delay = 15 });

        await Expect(page).ToHaveURLAsync(new Regex(@"\?q=checkout$"));
        await Expect(page.Locator(".fleet-search")).ToHaveValueAsync("checkout");
        await Expect(page.Locator("tbody tr.fleet-row:not(:has-text('checkout'))")).ToHaveCountAsync(0);
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Head_Clicked_SortsFromTheWorstAndBackUndoesIt()
    {
        await using var open = await browser.OpenAsync("/");
        var page = open.Page;
        await Expect(page.Locator("tbody tr.fleet-row").First).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "p99 ms" }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("sort=pauseP99&order=desc$"));
        await Expect(page.Locator("th[aria-sort=descending]")).ToHaveCountAsync(1);
        await Expect(page.Locator("tbody tr.fleet-row a").First).ToHaveTextAsync("reports");
        await page.GoBackAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/$"));
        await Expect(page.Locator("tbody tr.fleet-row a").First).ToHaveTextAsync("basket");
    }

    [Fact]
    public async Task Rows_Selected_LeadToACampaignOnThem()
    {
        await using var open = await browser.OpenAsync("/?service=checkout");
        var page = open.Page;

        await page.Locator("tbody tr.fleet-row input").Nth(0).CheckAsync();
        await page.Locator("tbody tr.fleet-row input").Nth(1).CheckAsync();

        await Expect(page.GetByText("2 selected")).ToBeVisibleAsync();
        await Expect(page.GetByText("Capture…")).ToHaveAttributeAsync("href", new Regex(@"^/campaigns/new\?instances=[^&]+&instances=[^&]+$"));
    }

    [Fact]
    public async Task SelectAll_Checked_ChoosesWhatIsShown()
    {
        await using var open = await browser.OpenAsync("/?service=catalog");
        var page = open.Page;
        await Expect(page.Locator("tbody tr.fleet-row").First).ToBeVisibleAsync();

        await page.GetByLabel("Select all shown").CheckAsync();

        await Expect(page.GetByText("30 selected")).ToBeVisibleAsync();
        await Expect(page.Locator("tbody tr.fleet-row input").First).ToBeCheckedAsync();
        await page.GetByLabel("Select all shown").UncheckAsync();
        await Expect(page.GetByText("30 selected")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Table_OnANarrowScreen_ShowsTheStateWithoutScrolling()
    {
        await using var open = await browser.OpenAsync("/", width: 1024);
        await Expect(open.Page.Locator("tbody tr.fleet-row").First).ToBeVisibleAsync();

        await Expect(open.Page.Locator("th >> text=Seen")).ToBeInViewportAsync(new() { Ratio = 1 });
        await Expect(open.Page.Locator("th >> text=Runtime")).ToBeHiddenAsync();
        // The longest words of a state are not cut.
        await open.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("not watched$") }).ClickAsync();
        var tag = open.Page.Locator("tbody .fp-tag").First;
        await Expect(tag).ToContainTextAsync("diagnostics off");
        Assert.True(await tag.EvaluateAsync<bool>("tag => tag.getBoundingClientRect().right <= tag.closest('td').getBoundingClientRect().right"));
    }

    [Fact]
    public async Task Row_Clicked_OpensItsService()
    {
        await using var open = await browser.OpenAsync("/?service=catalog");

        await open.Page.Locator("tbody tr.fleet-row td:nth-child(7)").First.ClickAsync();

        await Expect(open.Page).ToHaveURLAsync(new Regex("/services/catalog$"));
        await Expect(open.Page.Locator("h1")).ToHaveTextAsync("catalog");
    }

    [Fact]
    public async Task Rows_PointedAt_AreHeldUntilLeft()
    {
        await using var open = await browser.OpenAsync("/?sort=lastPause&order=desc");
        var page = open.Page;
        await Expect(page.Locator("tbody tr.fleet-row").First).ToBeVisibleAsync();

        // The script that listens for the pointer may come a little later than the rows.
        for (var tries = 0; tries < 50 && await page.GetByText("rows held").CountAsync() == 0; tries++)
        {
            await page.Locator("h1").HoverAsync();
            await page.Locator("tbody tr.fleet-row").Nth(2).HoverAsync();
            await page.EvaluateAsync("() => new Promise((done) => setTimeout(done, 200))");
        }

        await Expect(page.GetByText("rows held")).ToBeVisibleAsync();
        // Pauses wander twice a second, so the order is soon another one.
        await Expect(page.GetByText("Order has changed")).ToBeVisibleAsync();
        await page.Locator("h1").HoverAsync();
        await Expect(page.GetByText("rows held")).ToBeHiddenAsync();
    }
}

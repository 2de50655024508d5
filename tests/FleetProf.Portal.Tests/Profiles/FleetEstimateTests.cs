using System.Text.RegularExpressions;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Profiles;
using FleetProf.Portal.Tests.Browser;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Profiles;

[Collection<BrowserCollection>]
public sealed class FleetEstimateTests(BrowserFixture browser)
{
    private string Campaign => browser.Portal.Silo.World.Captures().First(capture => capture is { Kind: CaptureKind.Alloc, State: CaptureState.Ready }).CampaignId;

    [Fact]
    public async Task Page_OfACampaign_SaysWhatIsMergedAndSortsInTheAddress()
    {
        await using var open = await browser.OpenAsync($"/campaigns/{Campaign}");
        var page = open.Page;
        await page.ClickAsync("text=Fleet estimate");

        await Expect(page.Locator(".fleet-estimate")).ToHaveTextAsync("3 of 4 captures stand for 24 instances; 1 was left out because it lost more than 5 % of its events. Together these allocate 480.0 MB/s, ±17 %; 5 more captures would make that ±10 %.");
        await page.Locator(".table[data-rows='6']").WaitForAsync();
        await open.PictureAsync("fleet-estimate");
        await page.ClickAsync("text=More for ±10 %");

        await Expect(page).ToHaveURLAsync(new Regex("/fleet\\?.*sort=More"));
        Assert.InRange(open.CircuitBytes, 1, 300_000);
        Assert.Empty(open.Complaints);
    }

    /// <summary>The bytes beside them are of all instances: one column divided by the other is no size of an object.</summary>
    [Fact]
    public void Table_OfTypesInUse_SaysThatItsObjectsAreOfTheCapturedAlone()
    {
        var column = Assert.Single(FleetEstimateTable.Of([CaptureKind.Gcdump]).Single().Shape.Columns, shown => shown.Key == "samples");

        Assert.Equal(("Objects counted", "In the captured instances alone; In use is of all"), (column.Title, column.Hint));
    }

    [Fact]
    public async Task Page_OfAnUnknownCampaign_SaysSo()
    {
        await using var open = await browser.OpenAsync("/campaigns/no-such/fleet");

        await Expect(open.Page.Locator(".fp-empty")).ToContainTextAsync("nothing to merge");
        Assert.Empty(open.Complaints);
    }
}

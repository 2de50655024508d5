using System.Text.RegularExpressions;
using FleetProf.Portal.GcPauses;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Browser;

[Collection<BrowserCollection>]
public sealed class PausePagesTests(BrowserFixture browser)
{
    [Fact]
    public async Task PauseMap_OfAService_IsPaintedToldAndTabled()
    {
        await using var open = await browser.OpenAsync("/services/checkout");
        var page = open.Page;
        await Expect(page.Locator(".pause-status")).ToContainTextAsync("pauses, ");
        await SettledAsync(page);

        // Something else than one colour is on it, on both sides.
        var colours = await page.EvaluateAsync<int[]>(
            """
            () => { const canvas = document.querySelector('.pause-canvas'); const context = canvas.getContext('2d'); const middle = Math.round(190 * devicePixelRatio);
              const colours = (x, width) => new Set(new Uint32Array(context.getImageData(x, 0, width, canvas.height).data.buffer)).size;
              return [colours(0, middle), colours(middle, canvas.width - middle)]; }
            """);
        Assert.All(colours, count => Assert.True(count > 3, string.Join(' ', colours)));

        await page.Locator(".pause-canvas").HoverAsync(new() { Position = new() { X = 400, Y = 120 } });
        await Expect(page.Locator(".pause-status")).ToHaveTextAsync(new Regex(@"^20\d\d-.* UTC, .* ms: [\d,]+ pauses$"));
        await page.Locator(".pause-canvas").HoverAsync(new() { Position = new() { X = 100, Y = 120 } });
        await Expect(page.Locator(".pause-status")).ToHaveTextAsync(new Regex(@" ms: [\d,]+ of [\d,]+ pauses$"));
        await Expect(page.Locator(".pause-longest tbody tr")).ToHaveCountAsync(20);
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Advice_OnTheServicePage_TellsEvidencePredictionAndWayBack()
    {
        await using var open = await browser.OpenAsync("/services/checkout");
        var section = open.Page.Locator(".advice-section");

        await Expect(section.Locator("article h3")).ToContainTextAsync("DOTNET_GCgen0size=1000000");
        await Expect(section.Locator("dt")).ToHaveTextAsync(["Rule", "Predicted", "Risk", "Experiment", "Rollback"]);
        await Expect(section.Locator("article")).ToContainTextAsync("320 ms then (90 % interval 290 ms to 350 ms)");
        await Expect(section.Locator("article")).ToContainTextAsync("not predicted: only a budget of 4.2 MB was seen");
        await Expect(section.Locator("summary")).ToHaveTextAsync("1 instance not judged");
        await open.Page.GotoAsync("/services/orders");
        await Expect(section).ToContainTextAsync("No rule fires");
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Experiment_StoredOnTheServicePage_IsJudgedWhenLookedAtAgain()
    {
        await using var open = await browser.OpenAsync("/services/checkout");
        var section = open.Page.Locator(".advice-section");

        await section.GetByText("Store the prediction before the change").ClickAsync();
        await Expect(section.Locator(".experiments tbody tr")).ToContainTextAsync("UNDECIDED: no instance has started");
        await section.GetByText("Look again").ClickAsync();

        await Expect(section.Locator(".experiments tbody tr")).ToContainTextAsync("CONFIRMED: gc interval");
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task PauseMap_Brushed_SetsTheRangeOfThePage()
    {
        await using var open = await browser.OpenAsync("/services/checkout");
        var page = open.Page;
        await Expect(page.Locator(".pause-longest tbody tr")).ToHaveCountAsync(20);
        await SettledAsync(page);
        await page.Locator(".pause-canvas").ScrollIntoViewIfNeededAsync();
        var box = (await page.Locator(".pause-canvas").BoundingBoxAsync())!;

        await page.Mouse.MoveAsync(box.X + 300, box.Y + 100);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + 500, box.Y + 100, new() { Steps = 4 });
        await Expect(page.Locator(".pause-brush")).ToBeVisibleAsync();
        await page.Mouse.UpAsync();

        await Expect(page).ToHaveURLAsync(new Regex("from=20.*&to=20"));
    }

    /// <summary>A hundred and sixty columns of it would be longer than a day each.</summary>
    [Fact]
    public async Task PauseMap_OfTwoHundredDays_HasAColumnForEachDay()
    {
        var now = DateTimeOffset.UtcNow;
        await using var open = await browser.OpenAsync(new ServicePageState().Between(now.AddDays(-200), now).ToUri("checkout"));
        var page = open.Page;

        await Expect(page.Locator(".pause-status")).ToContainTextAsync(" pauses, 86400 s per column");
        await Expect(page.Locator(".pause-longest tbody tr")).ToHaveCountAsync(20);
        await Expect(page.Locator(".pauses [role=alert]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Pauses_NotReadable_AreSaidSoInPlace()
    {
        await using var open = await browser.OpenAsync("/comparisons");
        var page = open.Page;
        await page.RouteAsync(new Regex("/pauses\\?"), route => route.FulfillAsync(new() { Status = 503, ContentType = "application/problem+json", Body = """{"title":"The silo is away","detail":"Planted."}""" }));
        await page.GotoAsync("/services/checkout");

        await Expect(page.Locator(".pauses [role=alert]")).ToContainTextAsync("Planted.");
        await Expect(page.Locator(".trend .u-over")).ToHaveCountAsync(6);
    }

    [Fact]
    public async Task PauseMap_AnswersSlowerThanItsTicks_IsDrawn()
    {
        await using var open = await browser.OpenAsync("/comparisons");
        var page = open.Page;
        await open.ChangeScriptAsync(new Regex("gcpauses/pause-map[^/]*js"), text => text.Replace("REFRESH_MILLISECONDS = 30_000", "REFRESH_MILLISECONDS = 300", StringComparison.Ordinal));
        await page.AddInitScriptAsync(
            """
            {
              const ask = fetch;
              globalThis.fetch = async (address, ...more) => {
                const answer = await ask(address, ...more);
                if (/\/pauses\?/.test(String(address))) await new Promise((done) => setTimeout(done, 1_500));
                return answer;
              };
            }
            """);
        await page.GotoAsync("/services/checkout");

        await Expect(page.Locator(".pause-status")).ToContainTextAsync("pauses, ");
    }

    [Fact]
    public async Task WorstPauses_AreRankedAndLeadToTheirService()
    {
        await using var open = await browser.OpenAsync("/");
        var page = open.Page;

        await open.GoByKeysAsync("p", new Regex("/pauses$"));

        await Expect(page.Locator("h1")).ToHaveTextAsync("Worst pauses now");
        await Expect(page.Locator("tbody tr").First).ToBeVisibleAsync();
        var harm = (await page.Locator(".worst-value").AllTextContentsAsync()).Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.True(harm.Count > 10);
        Assert.Equal(harm.OrderDescending(), harm);
        await page.Locator("tbody tr a").First.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/services/"));
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Causes_OfAService_AreBarsWithMeaningEvidenceAndVersions()
    {
        await using var open = await browser.OpenAsync("/services/checkout");
        var page = open.Page;
        await Expect(page.Locator(".causes .cause-name").First).ToHaveTextAsync("survivors");

        var shares = (await page.Locator(".cause-value").AllTextContentsAsync()).Select(text => double.Parse(text.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(shares.OrderDescending(), shares);
        Assert.Equal(100, shares.Sum(), 0.5);
        var why = page.Locator(".cause-why").First;
        await Expect(why).ToContainTextAsync("a tenth of what was collected");
        await Expect(why).ToContainTextAsync("Made up: 138.6 ms for 30.0 MB promoted.");
        await Expect(why).ToContainTextAsync("Share by version: 1.0.0 ");
        await page.Locator("#causes").ScrollIntoViewIfNeededAsync();
        await open.PictureAsync("causes");
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task LongestGc_Clicked_OpensItsPhasesRootsAndHeap()
    {
        await using var open = await browser.OpenAsync("/services/orders");
        var page = open.Page;
        var pause = await page.Locator(".pause-longest tbody tr a").First.TextContentAsync();
        await Expect(page.Locator(".pause-longest tbody tr").First.Locator("td").Nth(4)).ToHaveTextAsync("induced");
        await page.Locator(".pause-longest tbody tr a").First.ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("/services/orders/gc\\?instance="));
        await Expect(page.Locator(".gc-phases tbody tr")).Not.ToHaveCountAsync(0);
        var phases = (await page.Locator(".gc-phases tbody td:nth-child(2)").AllTextContentsAsync()).Sum(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(double.Parse(pause!, System.Globalization.CultureInfo.InvariantCulture), phases, 0.02);
        await Expect(page.Locator(".gc-evidence")).ToContainTextAsync("Made up:");
        await Expect(page.Locator(".gc-heap tbody tr")).ToHaveCountAsync(7);
        await open.PictureAsync("gc");
        Assert.Empty(open.Complaints);
    }

    /// <summary>Everything of the page is there: what comes later above the map would move it under the pointer, and below it make it narrower and drawn anew.</summary>
    private static async Task SettledAsync(IPage page)
    {
        await Expect(page.Locator("main .trends[data-painted] .u-over")).ToHaveCountAsync(6);
        await Expect(page.Locator(".causes .cause-name").First).ToBeVisibleAsync();
        await Expect(page.Locator(".advice-section article").First).ToBeVisibleAsync();
        await Expect(page.Locator(".service-instances tr.fleet-row").First).ToBeVisibleAsync();
    }
}

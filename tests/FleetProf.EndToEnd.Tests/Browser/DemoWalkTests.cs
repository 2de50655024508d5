using System.Text.RegularExpressions;
using FleetProf.EndToEnd.Tests.Demo;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.EndToEnd.Tests.Browser;

/// <summary>
/// The main job as a person does it, in a real browser over the real demo.
/// FLEETPROF_IMAGES=FOLDER keeps a picture of every page, for the documentation.
/// </summary>
[Collection<DemoCollection>]
public sealed class DemoWalkTests(DemoFixture demo)
{
    private const float Patience = 180_000;

    [Fact]
    public async Task Person_FromLoginToVerdict_SeesTheStory()
    {
        await demo.FaultyReleaseRuns;
        await using var chromium = await Chromium.LaunchAsync();
        var page = await chromium.OpenAsync(demo.Portal.Url);
        var complaints = new List<string>();
        page.PageError += (_, error) => complaints.Add(error);

        await page.GotoAsync(demo.LoginLink);
        await SeeFleetAsync(page);
        await RunCampaignAsync(page);
        await OpenFlameGraphAsync(page);
        await OpenHeapAsync(page);
        await SeeComparisonAsync(page);
        await SeeServiceAsync(page);

        Assert.Empty(complaints);
    }

    [Fact]
    public async Task LoginLink_UsedTwice_IsRefused()
    {
        var link = await demo.Portal.LoginLinkAsync();
        await using var chromium = await Chromium.LaunchAsync();
        var first = await chromium.OpenAsync(demo.Portal.Url);
        await first.GotoAsync(link);
        await Expect(first.Locator("main h1").First).ToHaveTextAsync("Fleet");

        var second = await chromium.OpenAsync(demo.Portal.Url);
        await second.GotoAsync(link);

        await Expect(second.Locator("h1").First).ToHaveTextAsync("Log in to FleetProf");
    }

    private async Task SeeFleetAsync(IPage page)
    {
        await Expect(page.Locator("main h1")).ToHaveTextAsync("Fleet");
        foreach (var service in (string[])[demo.Checkout, demo.Catalog, demo.Reports])
        {
            await Expect(page.Locator("table tbody tr").Filter(new() { HasText = service }).First).ToBeVisibleAsync();
        }

        await PictureAsync(page, "fleet");
    }

    private async Task RunCampaignAsync(IPage page)
    {
        await page.ClickAsync("nav a:has-text('Campaigns')");
        await page.ClickAsync("a:has-text('New campaign')");
        await page.GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex($"^{demo.Checkout} ") }).CheckAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex($"^{demo.Reports} ") }).CheckAsync();
        foreach (var kind in (string[])["CPU trace", "Allocations", "Heap snapshot"])
        {
            await page.GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex($"^{kind}") }).CheckAsync();
        }

        await page.GetByLabel("Recording time, seconds").FillAsync("3");
        await page.GetByRole(AriaRole.Spinbutton, new() { Name = "Instances of each service" }).FillAsync("1");
        await Expect(page.GetByText("6 captures")).ToBeVisibleAsync();
        await PictureAsync(page, "campaign-new");
        await page.ClickAsync("button:has-text('Start the campaign')");
        // It looks again and again: what waits for the navigation itself can miss one that comes as it begins to listen.
        await Expect(page).ToHaveURLAsync(new Regex("/campaigns/(?!new)"), new() { Timeout = Patience });
        await PictureAsync(page, "campaign-running");
        await Expect(page.Locator("main [role=status]").First).ToHaveTextAsync("completed", new() { Timeout = Patience });
        await SeeSixReadyAsync(page);
        await PictureAsync(page, "campaign");
    }

    /// <summary>With what the page says of the others where some are not.</summary>
    private static async Task SeeSixReadyAsync(IPage page)
    {
        try
        {
            await Expect(page.GetByText("ready", new() { Exact = true })).ToHaveCountAsync(6);
        }
        catch (PlaywrightException unready)
        {
            Assert.Fail($"{unready.Message}\n{await page.Locator("main").InnerTextAsync()}");
        }
    }

    private async Task OpenFlameGraphAsync(IPage page)
    {
        await page.Locator($"tr:has-text('{demo.Checkout}') a:has-text('CPU trace')").First.ClickAsync();
        await Expect(page.Locator(".flame[data-painted]")).ToBeVisibleAsync();
        Assert.True(int.Parse((await page.Locator(".flame").GetAttributeAsync("data-painted"))!, System.Globalization.CultureInfo.InvariantCulture) > 10);
        await PictureAsync(page, "capture-flame");
        await page.GoBackAsync();
    }

    private async Task OpenHeapAsync(IPage page)
    {
        await page.Locator($"tr:has-text('{demo.Checkout}') a:has-text('Heap snapshot')").First.ClickAsync();
        await Expect(page.Locator("main table").GetByText(new Regex("Checkout|System")).First).ToBeVisibleAsync();
        await PictureAsync(page, "capture-heap");
    }

    private async Task SeeComparisonAsync(IPage page)
    {
        var (decided, _) = await demo.Verdict;
        await page.ClickAsync("nav a:has-text('Compar')");
        await PictureAsync(page, "comparisons");
        await page.GotoAsync($"/comparisons/{decided.ComparisonId}");
        await Expect(page.Locator("main").GetByText(new Regex("regressed", RegexOptions.IgnoreCase)).First).ToBeVisibleAsync();
        await Expect(page.Locator("main").GetByText("heap after gen2").First).ToBeVisibleAsync();
        await PictureAsync(page, "comparison");
    }

    private async Task SeeServiceAsync(IPage page)
    {
        await page.GotoAsync($"/services/{demo.Reports}");
        await Expect(page.Locator("main canvas").First).ToBeVisibleAsync();
        await PictureAsync(page, "service");
    }

    private static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("FLEETPROF_IMAGES") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
        }
    }
}

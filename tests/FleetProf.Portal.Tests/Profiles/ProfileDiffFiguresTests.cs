using System.Text.RegularExpressions;
using FleetProf.Portal.Tests.Browser;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Profiles;

/// <summary>What differences say of files whose figures are known.</summary>
[Collection<BrowserCollection>]
public sealed class ProfileDiffFiguresTests(BrowserFixture browser)
{
    private const string Graph = "/profiles/flame-diff.js";
    private const string Table = "/profiles/method-diff.js";

    /// <summary>A thousand goroutines stay where they were, nine thousand came.</summary>
    private const string LeakedGoroutines = """{ "/before": file("goroutines", [[[1], 1000]]), "/after": file("goroutines", [[[1], 1000], [[2, 3], 9000]]) }""";

    /// <summary>A tenth of it in a, then an eighth, of so few samples that this may be chance.</summary>
    private const string Thin = """
        { "/before": file("samples", [[[1], 60], [[2], 540]]), "/after": file("samples", [[[1], 75], [[2], 525]], { lostEvents: 5, droppedNodes: 7 }) }
        """;

    [Fact]
    public async Task Graph_OfTwoSnapshotsOfGoroutines_ShowsWhatTheyCounted()
    {
        await using var open = await browser.OpenAsync("/captures");
        await MountedProfile.ShowAsync(open.Page, Graph, LeakedGoroutines, isSnapshot: true);

        await StepAsync(open.Page, "ArrowDown");
        await Expect(StatusOf(open.Page)).ToHaveTextAsync("b · m · before 0 goroutines · after 9,000 goroutines · change +9,000 goroutines, new");
        await StepAsync(open.Page, "ArrowRight");

        await Expect(StatusOf(open.Page)).ToHaveTextAsync("a · m · before 1,000 goroutines · after 1,000 goroutines · change ±0 goroutines, ±0 %");
        await Expect(open.Page.Locator($"{MountedProfile.Host} .flame-facts")).ToHaveTextAsync("before: 1,000 goroutines; after: 10,000 goroutines");
        await Expect(open.Page.Locator(MountedProfile.Host)).Not.ToContainTextAsync("Capture for longer");
        await Expect(open.Page.Locator(MountedProfile.Host)).Not.ToContainTextAsync("chance");
    }

    [Fact]
    public async Task Table_OfTwoSnapshotsOfGoroutines_HasWhatTheyCounted()
    {
        await using var open = await browser.OpenAsync("/captures");
        await MountedProfile.ShowAsync(open.Page, Table, LeakedGoroutines, isSnapshot: true);

        await Expect(CellsOf(open.Page, "a")).ToHaveTextAsync(["0", "1,000", "1,000", "0", "1,000", "1,000", "a", "m"]);
        await Expect(CellsOf(open.Page, "b")).ToHaveTextAsync(["0", "0", "0", "+9,000", "0", "9,000", "b", "m"]);
        await Expect(CellsOf(open.Page, "c").First).ToHaveClassAsync(new Regex("table-grew"));
        await Expect(open.Page.Locator(MountedProfile.Host)).Not.ToContainTextAsync("chance");
    }

    [Fact]
    public async Task Table_OfAllocations_GivesWhatWasMadeToTheMethodThatMadeIt()
    {
        await using var open = await browser.OpenAsync("/captures");
        await MountedProfile.ShowAsync(open.Page, Table, """
            {
              "/before": file("bytes", [[[1, 4], 3000], [[1, 1, 4], 1000], [[2, 4], 6000]]),
              "/after": file("bytes", [[[1, 4], 4000], [[1, 1, 4], 2000], [[2, 4], 4000]]),
            }
            """);

        await Expect(CellsOf(open.Page, "a")).ToHaveTextAsync(["+20.00", "40.0 %", "60.0 %", "+20.00", "40.0 %", "60.0 %", "a", "m"]);
        await Expect(CellsOf(open.Page, "b").First).ToHaveTextAsync("-20.00");
        await Expect(CellsOf(open.Page, "System.String")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Table_OfAChangeThatMayBeChance_KeepsTheFigureAndLosesTheColour()
    {
        await using var open = await browser.OpenAsync("/captures");
        await MountedProfile.ShowAsync(open.Page, Table, Thin);

        var change = CellsOf(open.Page, "a").First;
        await Expect(change).ToHaveTextAsync("+2.50");
        await Expect(change).ToHaveClassAsync("fp-num fp-muted");
        await Expect(change).ToHaveAttributeAsync("title", "May be chance");
    }

    [Fact]
    public async Task Graph_OfAChangeThatMayBeChance_SaysSo()
    {
        await using var open = await browser.OpenAsync("/captures");
        await MountedProfile.ShowAsync(open.Page, Graph, Thin);

        await StepAsync(open.Page, "ArrowDown");
        await StepAsync(open.Page, "ArrowRight");

        await Expect(StatusOf(open.Page)).ToHaveTextAsync("a · m · before 10.0 % · after 12.5 % · change +2.5 points, +25 % (may be chance)");
    }

    [Theory]
    [InlineData(Graph)]
    [InlineData(Table)]
    public async Task Difference_OfAThinAndIncompleteRecording_WarnsInEveryView(string module)
    {
        await using var open = await browser.OpenAsync("/captures");
        await MountedProfile.ShowAsync(open.Page, module, Thin);

        var shown = open.Page.Locator(MountedProfile.Host);
        await Expect(shown).ToContainTextAsync("The earlier capture holds only 600 samples. Capture for longer");
        await Expect(shown).ToContainTextAsync("5 events were lost in the later capture.");
        await Expect(shown).ToContainTextAsync("7 of the lightest frames of the later capture were left out");
        await Expect(shown).Not.ToContainTextAsync("frames of the earlier capture");
    }

    [Fact]
    public async Task Profile_OfFewGoroutines_DoesNotCallThemSamples()
    {
        await using var open = await browser.OpenAsync("/captures");
        await MountedProfile.ShowAsync(open.Page, "/js/flame.js", """{ "/after": file("goroutines", [[[1], 200]]) }""");

        await Expect(open.Page.Locator($"{MountedProfile.Host} .flame-facts")).ToHaveTextAsync("200 goroutines");
        await Expect(open.Page.Locator($"{MountedProfile.Host} .fp-notice")).ToHaveCountAsync(0);
        await Expect(open.Page.Locator($"{MountedProfile.Host} canvas")).ToHaveAttributeAsync("aria-label", new Regex("200 goroutines"));
    }

    [Fact]
    public async Task Profile_WithFramesLeftOut_SaysWhereTheirCostIsMissing()
    {
        await using var open = await browser.OpenAsync("/captures");
        await MountedProfile.ShowAsync(open.Page, "/js/flame.js", """{ "/after": file("samples", [[[1], 9000]], { droppedNodes: 7 }) }""");

        await Expect(open.Page.Locator(MountedProfile.Host)).ToContainTextAsync("7 of the lightest frames are not drawn. Their callers' totals include them; views that are inverted, focused or a sandwich miss their cost");
    }

    private static async Task StepAsync(IPage page, string key)
    {
        await page.FocusAsync($"{MountedProfile.Host} canvas");
        await page.Keyboard.PressAsync(key);
    }

    private static ILocator StatusOf(IPage page) => page.Locator($"{MountedProfile.Host} .flame-status");

    private static ILocator CellsOf(IPage page, string method) =>
        page.Locator($"{MountedProfile.Host} tbody tr").Filter(new() { Has = page.GetByTitle(method, new() { Exact = true }) }).Locator("td");
}

using System.Text.RegularExpressions;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Tests.Browser;
using Microsoft.Playwright;
using Capture = FleetProf.Contracts.Captures.Capture;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Captures;

[Collection<BrowserCollection>]
public sealed class CapturePagesTests(BrowserFixture browser)
{
    private Capture First(Func<Capture, bool> isWanted) => browser.Portal.Silo.World.Captures().First(isWanted);

    private string ReadyOf(CaptureKind kind) => First(capture => capture.Kind == kind && capture.State == CaptureState.Ready).CaptureId;

    public static TheoryData<CaptureKind, string, string> Tables => new()
    {
        { CaptureKind.Trace, "top", "Method" }, { CaptureKind.Alloc, "types", "± 95 %" }, { CaptureKind.Gcdump, "types", "Shallow size" }, { CaptureKind.Gc, "gcs", "Gen0 Alloc Rate MB/sec" },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task Table_OfEachKind_IsSortedInTheAddressAndDrawsFewRows(CaptureKind kind, string tab, string column)
    {
        await using var open = await browser.OpenAsync($"/captures/{ReadyOf(kind)}?tab={tab}");
        var page = open.Page;
        await page.Locator(".table[data-rows]").WaitForAsync();
        await open.PictureAsync($"table-{kind}");

        await page.GetByRole(AriaRole.Button, new() { Name = column, Exact = true }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("sort="));
        await Expect(page.Locator("th[aria-sort]")).ToContainTextAsync(column);
        Assert.InRange(await page.Locator(".table-results tbody tr").CountAsync(), 5, 60);
        Assert.InRange(open.CircuitBytes, 1, 300_000);
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Table_ColumnWithoutAnyFigure_IsShownOnRequest()
    {
        await using var open = await browser.OpenAsync($"/captures/{ReadyOf(CaptureKind.Gc)}?tab=gcs");
        await open.Page.Locator(".table[data-rows]").WaitForAsync();
        var head = open.Page.Locator("th", new() { HasTextRegex = new Regex("^% GC$") });
        await Expect(head).ToHaveCountAsync(0);

        await open.Page.GetByRole(AriaRole.Button, new() { Name = "All columns" }).ClickAsync();

        await Expect(head).ToHaveCountAsync(1);
        await Expect(open.Page.Locator("dl.facts")).ToContainTextAsync("420 GCs");
    }

    [Fact]
    public async Task Row_OfAGcThatIsKept_OpensItsOwnPage()
    {
        await using var open = await browser.OpenAsync($"/captures/{ReadyOf(CaptureKind.Gc)}?tab=gcs&sort=GC+Index");
        var page = open.Page;
        await Expect(page.GetByText(new Regex("^\\d+ of them open with their phases$"))).ToBeVisibleAsync();
        var row = page.Locator("tr[data-fp-row]").First;
        var number = await row.Locator("a").InnerTextAsync();
        await Expect(page.Locator(".table tbody tr[title]").First).ToHaveAttributeAsync("title", new Regex("Only the longest GCs"));

        await row.Locator("td").Nth(2).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex($"/services/[^/]+/gc\\?instance=.*&number={number}&at="));
        await Expect(page.Locator("h1")).ToContainTextAsync($"GC {number}");
        await Expect(page.Locator(".gc-phases tbody tr").First).ToBeVisibleAsync();
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Head_OfACaptureThatWaited_NamesThePauseThatFiredIt()
    {
        var fired = First(capture => capture.Trigger is not null && capture.State == CaptureState.Ready);
        await using var open = await browser.OpenAsync($"/captures/{fired.CaptureId}");

        await Expect(open.Page.Locator("dl.facts")).ToContainTextAsync("the next pause over 50 ms");
        await Expect(open.Page.Locator("dl.facts .trigger")).ToContainTextAsync("GC 812 (gen2 blocking, Induced) stopped the process for 143 ms at 1970-01-01 00:00:00 UTC: The program asked for it: GC.Collect.");
        await open.PictureAsync("capture-fired");
        await Expect(open.Page.GetByRole(AriaRole.Link, new() { Name = "Capture again…" })).ToHaveAttributeAsync("href", new Regex("pauseOver=50"));
    }

    [Fact]
    public async Task Table_Filtered_TellsHowManyAndKeepsItInTheAddress()
    {
        await using var open = await browser.OpenAsync($"/captures/{ReadyOf(CaptureKind.Gcdump)}?tab=types");
        var page = open.Page;
        await page.Locator(".table[data-rows='400']").WaitForAsync();

        await page.FillAsync(".table-filter", "System. []");

        await Expect(page.Locator(".table output")).ToHaveTextAsync("3 of 400 types");
        await Expect(page).ToHaveURLAsync(new Regex("q=System"));
        await page.ReloadAsync();
        await Expect(page.Locator(".table output")).ToHaveTextAsync("3 of 400 types");
    }

    /// <summary>In the same moment: what is drawn later follows the scrolling, a screen at each frame.</summary>
    [Fact]
    public async Task Table_FilteredWhileScrolledDown_ShowsWhatMatchesAtOnce()
    {
        await using var open = await browser.OpenAsync($"/captures/{ReadyOf(CaptureKind.Gcdump)}?tab=types");
        await open.Page.Locator(".table[data-rows='400']").WaitForAsync();

        var drawn = await open.Page.EvaluateAsync<int>(
            """
            async () => {
              const scroll = document.querySelector(".table-scroll"), filter = document.querySelector(".table-filter");
              scroll.scrollTop = scroll.scrollHeight;
              await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
              if (scroll.scrollTop < 5_000) throw new Error("The table does not scroll.");
              filter.value = "System. []";
              filter.dispatchEvent(new Event("input"));
              return document.querySelectorAll(".table-results tbody tr:not(.table-filler)").length;
            }
            """);

        Assert.Equal(3, drawn);
    }

    [Fact]
    public async Task TopTable_MethodClicked_OpensItsSandwich()
    {
        await using var open = await browser.OpenAsync($"/captures/{ReadyOf(CaptureKind.Trace)}?tab=top");
        var page = open.Page;
        await page.Locator(".table-results tbody a").First.ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("tab=flame&view=sandwich&fn="));
        await Expect(page.Locator(".flame-view")).ToContainTextAsync("Callers and callees of");
    }

    [Fact]
    public async Task Downloads_OfTheOriginal_AreByteIdentical()
    {
        var capture = First(capture => capture.Kind == CaptureKind.Trace && capture.State == CaptureState.Ready);
        await using var open = await browser.OpenAsync($"/captures/{capture.CaptureId}?tab=downloads");
        await open.Page.Locator("text=original.nettrace").WaitForAsync();
        await open.PictureAsync("downloads");

        var download = await open.Page.RunAndWaitForDownloadAsync(() => open.Page.ClickAsync("text=original.nettrace"));

        Assert.Equal($"{capture.Service}-trace-{capture.CaptureId}.nettrace", download.SuggestedFilename);
        var bytes = await File.ReadAllBytesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Equal(capture.Sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
    }

    [Fact]
    public async Task Brackets_GoToTheSameViewOfTheNeighboursInTheCampaign()
    {
        var siblings = browser.Portal.Silo.World.Campaigns["01k0000000000000000000done"].Captures(DateTimeOffset.UtcNow).Select(capture => capture.CaptureId).ToArray();
        await using var open = await browser.OpenAsync($"/captures/{siblings[0]}?tab=downloads");
        await open.Page.Locator("a[data-key=']']").WaitForAsync();
        // The links are there before the script that listens to the keys.
        await open.Page.Locator("html[data-keys]").WaitForAsync();

        await open.Page.Keyboard.PressAsync("]");
        await Expect(open.Page).ToHaveURLAsync(new Regex($@"{siblings[1]}\?tab=downloads$"));
        await open.Page.Locator("a[data-key='[']").WaitForAsync();
        await open.Page.Keyboard.PressAsync("[");

        await Expect(open.Page).ToHaveURLAsync(new Regex($@"{siblings[0]}\?tab=downloads$"));
    }

    [Fact]
    public async Task Failed_SaysWhatHappenedAndWhatToDo()
    {
        var failed = First(capture => capture.State == CaptureState.Failed);
        await using var open = await browser.OpenAsync($"/captures/{failed.CaptureId}");

        await Expect(open.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync(CaptureFailureAdvice.NextStep(failed.Failure));
        await open.PictureAsync("capture-failed");
        // Its instance is gone: the way on is another one of the service.
        Assert.Equal(CaptureFailure.ProcessExited, failed.Failure);
        await open.Page.GetByRole(AriaRole.Link, new() { Name = "Capture again…" }).ClickAsync();
        await Expect(open.Page).ToHaveURLAsync(new Regex($"/campaigns/new\\?services={failed.Service}&kind={failed.Kind.ToString().ToLowerInvariant()}&size=1&seconds="));
    }

    [Fact]
    public async Task Quarantined_OffersOnlyFormatsThatThereAre()
    {
        var quarantined = First(capture => capture.State == CaptureState.Quarantined);
        await using var open = await browser.OpenAsync($"/captures/{quarantined.CaptureId}");

        await Expect(open.Page.Locator(".download-command")).ToContainTextAsync("--format nettrace");
    }

    [Fact]
    public async Task List_SortedBySize_KeepsItInTheAddressAndRowsOpen()
    {
        await using var open = await browser.OpenAsync("/captures?kind=trace");
        var page = open.Page;

        await page.GetByRole(AriaRole.Button, new() { Name = "Samples" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("kind=trace&sort=samples&order=desc$"));
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("ready");
        await page.Locator("tbody tr td:nth-child(6)").First.ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("/captures/[0-9a-z]{26}-"));
    }

    [Fact]
    public async Task Storage_MoreDueThanListed_SaysHowManyMore()
    {
        await using var open = await browser.OpenAsync("/captures/storage");

        await Expect(open.Page.Locator(".storage-next tbody tr")).ToHaveCountAsync(2);
        await Expect(open.Page.Locator(".storage-more")).ToContainTextAsync("And 2 more go now, before those that are next in line");
    }

    [Fact]
    public async Task Unknown_SaysSo()
    {
        await using var open = await browser.OpenAsync("/captures/no-such");

        await Expect(open.Page.Locator("main")).ToContainTextAsync("There is no capture no-such");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task List_Filtered_KeepsTheFilterInTheAddress(ColorScheme theme)
    {
        await using var open = await browser.OpenAsync("/captures", theme);
        var page = open.Page;
        await page.Locator(".fp-table tbody tr").First.WaitForAsync();
        await open.PictureAsync($"captures-{theme}");

        await page.SelectOptionAsync("select[aria-label=Kind]", "gcdump");

        await Expect(page).ToHaveURLAsync(new Regex("kind=gcdump"));
        await Expect(page.Locator(".fp-table tbody tr >> text=Heap snapshot")).ToHaveCountAsync(2);
        await Expect(page.Locator(".fp-table tbody tr")).ToHaveCountAsync(2);
        Assert.Empty(open.Complaints);
    }
}

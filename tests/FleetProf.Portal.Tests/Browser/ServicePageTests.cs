using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Browser;

[Collection<BrowserCollection>]
public sealed partial class ServicePageTests(BrowserFixture browser)
{
    [Fact]
    public async Task Brush_OnOneChart_SetsTheRangeOfAllAndDoubleClickResetsIt()
    {
        await using var open = await browser.OpenAsync("/services/checkout?pauses=generation");
        var page = open.Page;
        await Expect(page.Locator(".trend .u-over")).ToHaveCountAsync(6);

        // Markers take the pointer for themselves, and stand elsewhere each minute.
        await Expect(page.Locator(".trend").Nth(1).Locator(".trend-marker").First).ToBeVisibleAsync();
        var (from, to) = (await BetweenMarkersAsync(page, 1, 0.2), await BetweenMarkersAsync(page, 1, 0.6));
        await page.Mouse.MoveAsync(from.X, from.Y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(to.X, to.Y, new() { Steps = 5 });
        // The charts of the new range come after its address; a click on those before is lost when they are taken away.
        await page.RunAndWaitForResponseAsync(() => page.Mouse.UpAsync(), IsOfABrushedRange);

        await Expect(page).ToHaveURLAsync(AbsoluteRange());
        await Expect(page.GetByText("Reset zoom")).ToBeVisibleAsync();
        Assert.Contains("pauses=generation", page.Url, StringComparison.Ordinal);
        await Expect(page.Locator(".trends[data-loading]")).ToHaveCountAsync(0);
        var twice = await BetweenMarkersAsync(page, 0, 0.5);
        await page.Mouse.DblClickAsync(twice.X, twice.Y);
        await Expect(page).Not.ToHaveURLAsync(AbsoluteRange());
        await page.GoBackAsync();
        await Expect(page).ToHaveURLAsync(AbsoluteRange());
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Refresh_WhileBrushing_LeavesTheBrush()
    {
        await using var open = await browser.OpenAsync("/comparisons");
        var page = open.Page;
        // The charts ask again every 10 seconds; here every half one.
        await open.ChangeScriptAsync(TrendView(), text => text.Replace("REFRESH_MILLISECONDS = 10_000", "REFRESH_MILLISECONDS = 500", StringComparison.Ordinal));
        await page.GotoAsync("/services/checkout");
        await Expect(page.Locator("main .trends[data-painted] .u-over")).ToHaveCountAsync(6);
        // A brush that begins on a marker is none, and they stand elsewhere each minute.
        await Expect(page.Locator(".trend").First.Locator(".trend-marker").First).ToBeVisibleAsync();
        var (x, y) = await BetweenMarkersAsync(page, 0, 0.2);
        Regex packed = new("/trend/packed\\?");
        var cursors = page.Locator(".trend .u-cursor-x:not(.u-off)");

        // A move that comes just when the charts are drawn anew is lost, and one that goes nowhere is no move to them.
        for (var tries = 0; tries < 20 && await cursors.CountAsync() == 0; tries++)
        {
            await page.Mouse.MoveAsync(x - 10, y);
            await page.RunAndWaitForResponseAsync(() => page.Mouse.MoveAsync(x, y), packed);
        }
        await page.RunAndWaitForResponseAsync(() => Task.CompletedTask, packed);
        await Expect(cursors).ToHaveCountAsync(6);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(x + 160, y, new() { Steps = 4 });
        // Longer than two refreshes.
        await page.WaitForFunctionAsync("() => new Promise((done) => setTimeout(() => done(true), 1200))");

        Assert.Equal("160px", await page.EvaluateAsync<string>("document.querySelector('.trend .u-select').style.width"));
        await page.Mouse.UpAsync();
        await Expect(page).ToHaveURLAsync(AbsoluteRange());
    }

    [Fact]
    public async Task Refresh_SlowerThanItsTicks_IsDrawn()
    {
        await using var open = await OpenWithSlowPointsAsync();

        await open.Page.EvaluateAsync("document.querySelector('main .trends').removeAttribute('data-painted')");

        await Expect(open.Page.Locator("main .trends[data-painted]")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Refresh_FailingSlowerThanItsTicks_SaysSo()
    {
        await using var open = await OpenWithSlowPointsAsync();

        await open.Page.RouteAsync(new Regex("/trend/packed\\?"), route => route.FulfillAsync(new() { Status = 503, ContentType = "application/problem+json", Body = """{"title":"The silo is away","detail":"Planted."}""" }));

        await Expect(open.Page.Locator("main .trends [role=alert]")).ToContainTextAsync("Planted. What you see may be old.");
    }

    [Fact]
    public async Task Refresh_NeverAnswered_SaysSoAndAsksAgain()
    {
        await using var open = await OpenWithSlowPointsAsync();
        Regex packed = new("/trend/packed\\?");
        var alert = open.Page.Locator("main .trends [role=alert]");

        await open.Page.RouteAsync(packed, _ => Task.CompletedTask);

        await Expect(alert).ToContainTextAsync("no answer came within 5 s.");
        await open.Page.UnrouteAsync(packed);
        await Expect(alert).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Brush_EndingOnAMarker_ReachesIt()
    {
        await using var open = await browser.OpenAsync("/services/checkout");
        var page = open.Page;
        await Expect(page.Locator(".trend .u-over")).ToHaveCountAsync(6);
        // A marker with nothing but chart at the place 40 pixels before it.
        var places = await page.EvaluateAsync<float[]>(
            """
            (() => {
              const over = document.querySelector('.trend .u-over'), { x, y } = over.getBoundingClientRect();
              const at = [...over.querySelectorAll('.trend-marker')].map((marker) => marker.getBoundingClientRect()).map((box) => box.x + box.width / 2);
              const end = at.find((place) => document.elementFromPoint(place - 40, y + 60) === over && document.elementFromPoint(place, y + 60) !== over);
              return [end - 40, end, y + 60];
            })()
            """);

        await page.Mouse.MoveAsync(places[0], places[2]);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(places[1], places[2], new() { Steps = 2 });

        // Both ends are rounded to pixels; a brush that the marker took the pointer from ends half a marker earlier, or where the last step was.
        await Expect(page.Locator(".trend .u-select").First).ToHaveCSSAsync("width", new Regex("^(39|40|41)px$"));
        await page.Mouse.UpAsync();
        await Expect(page).ToHaveURLAsync(AbsoluteRange());
    }

    [Fact]
    public async Task Instance_ChosenFarBelow_BringsTheChartsIntoView()
    {
        await using var open = await browser.OpenAsync("/services/checkout");
        var page = open.Page;
        await Expect(page.Locator(".trend .u-over")).ToHaveCountAsync(6);
        await page.Locator(".service-instances th button >> text=Host").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("sort=host"));
        // The rows are drawn a moment after the address has changed.
        var row = page.Locator(".service-instances tr.fleet-row a").First;
        await Expect(row).ToHaveAttributeAsync("href", new Regex("sort=host"));

        await row.ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("sort=host.*instance=|instance=.*sort=host"));
        await Expect(page.Locator(".trend").First).ToBeInViewportAsync();
    }

    [Fact]
    public async Task Cursor_OnOneChart_MovesOnAll()
    {
        await using var open = await browser.OpenAsync("/services/checkout");
        var page = open.Page;
        await Expect(page.Locator("main .trends[data-painted] .u-over")).ToHaveCountAsync(6);
        var cursors = page.Locator(".trend .u-cursor-x:not(.u-off)");

        // A move that comes just when the charts are drawn anew is lost. Away from the markers, which take the pointer for themselves.
        for (var tries = 0; tries < 50 && await cursors.CountAsync() == 0; tries++)
        {
            await page.Locator(".trend .u-over").First.HoverAsync(new() { Position = new() { X = 60 + (tries % 2 * 10), Y = 80 } });
            await page.EvaluateAsync("() => new Promise((done) => setTimeout(done, 200))");
        }

        await Expect(cursors).ToHaveCountAsync(6);
    }

    [Fact]
    public async Task DeployMarker_Clicked_OpensItsComparison()
    {
        await using var open = await browser.OpenAsync("/services/checkout");

        await open.Page.Locator(".trend-deploy").First.ClickAsync(new() { Position = new() { X = 4, Y = 20 } });

        await Expect(open.Page).ToHaveURLAsync(new Regex("/comparisons/cmp-checkout-110$"));
        await Expect(open.Page.Locator(".verdict-sentence")).ToContainTextAsync("Pause p99 rose");
    }

    /// <summary>The newest of all times would leave out those of a range that lies behind them.</summary>
    [Fact]
    public async Task DeployMarkers_OfAPastRange_AreAskedForByIt()
    {
        await using var open = await browser.OpenAsync("/comparisons");

        var asked = await open.Page.RunAndWaitForRequestAsync(
            () => open.Page.GotoAsync("/services/checkout?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z"), new Regex("/api/v1/deployments\\?"));

        var query = System.Web.HttpUtility.ParseQueryString(new Uri(asked.Url).Query);
        Assert.Equal(("checkout", "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"), (query["service"], query["from"], query["to"]));
    }

    [Fact]
    public async Task Charts_HaveTheSameDataAsATable()
    {
        await using var open = await browser.OpenAsync("/services/checkout?range=15m");
        await Expect(open.Page.Locator(".trend .u-over")).ToHaveCountAsync(6);

        await open.Page.Locator(".trend-data summary").ClickAsync();

        await Expect(open.Page.Locator(".trend-data tbody tr").First).ToBeVisibleAsync();
        await Expect(open.Page.Locator(".trend-data th")).ToContainTextAsync(["Time UTC", "Watched %"]);
    }

    [Fact]
    public async Task Module_Throwing_LeavesThePageAlive()
    {
        await using var open = await browser.OpenAsync("/comparisons");
        var page = open.Page;
        await open.ChangeScriptAsync(Trends(), _ => "export function start() { throw new Error('planted'); }");
        await page.GotoAsync("/services/checkout");

        await Expect(page.Locator("main [role=alert]:visible")).ToContainTextAsync("planted");

        // The circuit still answers, and the real module comes up on request.
        await page.UnrouteAsync(Trends());
        await page.GetByRole(AriaRole.Button, new() { Name = "By generation" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("pauses=generation"));
        await Expect(page.Locator("h1")).ToHaveTextAsync("checkout");
    }

    /// <summary>The charts that were drawn before the circuit was there are the ones that are shown: nothing is asked for or drawn twice.</summary>
    [Fact]
    public async Task Charts_OfAnOpenedPage_AreAskedForOnceAndTakenOver()
    {
        await using var open = await browser.OpenAsync("/comparisons");
        var page = open.Page;
        var asked = new System.Collections.Concurrent.ConcurrentQueue<string>();
        page.Request += (_, request) =>
        {
            if (request.Url.Contains("/trend/", StringComparison.Ordinal))
            {
                asked.Enqueue(request.Url);
            }
        };

        // They would be asked for anew after ten seconds, which a busy machine may need until here.
        await page.AddInitScriptAsync("{ const every = setInterval; globalThis.setInterval = (act, time, ...more) => every(act, time === 10_000 ? 3_600_000 : time, ...more); }");
        await page.GotoAsync("/services/checkout?each=instance&range=15m");
        await Expect(page.Locator("main .trends[data-painted] .u-over")).ToHaveCountAsync(6);

        Assert.Single(asked);
        await Expect(page.Locator(".trends-early")).ToHaveCountAsync(0);
        Assert.Equal("", await page.EvaluateAsync<string>("[...document.querySelectorAll('main .trend')].filter((figure) => figure.querySelector('.uplot').clientWidth !== figure.clientWidth - 20).map((figure) => figure.textContent).join()"));
        Assert.Empty(open.Complaints);
    }

    /// <summary>They are seen before the page has a circuit, and do not jump when it comes.</summary>
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Charts_BeforeTheCircuit_StandWhereThePageHasThem(ColorScheme theme)
    {
        await using var open = await browser.OpenAsync("/comparisons", theme);
        var page = open.Page;
        // The charts, one bar above them and one heading.
        var mayStart = await open.HoldCircuitBackAsync(".trend .u-over", ".fp-top", "h1");
        await page.GotoAsync("/services/checkout?each=instance&range=15m");
        await Expect(page.Locator(".fp-early .trends[data-painted] .u-over")).ToHaveCountAsync(6);
        // Nothing of it takes the focus: it could not keep it.
        await page.Keyboard.PressAsync("Tab");
        Assert.True(await page.EvaluateAsync<bool>("document.activeElement === document.body"));
        await open.PictureAsync($"service-early-{theme}");
        await Expect(page.Locator("main")).ToHaveCountAsync(0);
        var early = (await page.Locator(".trend").First.BoundingBoxAsync())!;
        mayStart.SetResult();

        await Expect(page.Locator("main .trends[data-painted] .u-over")).ToHaveCountAsync(6);
        await Expect(page.Locator(".fp-early")).ToHaveCountAsync(0);
        var settled = (await page.Locator(".trend").First.BoundingBoxAsync())!;
        Assert.Equal((early.X, early.Width), (settled.X, settled.Width));
        Assert.InRange(settled.Y - early.Y, -20, 20);
        Assert.Equal(["6,1,1"], await open.SeenFramesAsync());
        await open.PictureAsync($"service-settled-{theme}");
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Page_WhoseEarlyChartsCannotBeDrawn_ComesNevertheless()
    {
        await using var open = await browser.OpenAsync("/comparisons");
        var page = open.Page;
        await page.RouteAsync(new Regex("gcpauses/trend-early"), route => route.AbortAsync());

        await page.GotoAsync("/services/checkout");

        await Expect(page.Locator("main h1")).ToHaveTextAsync("checkout");
        await Expect(page.Locator(".fp-early")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Trend_OfAYoungService_BeginsWithItsData()
    {
        await using var open = await browser.OpenAsync("/comparisons");
        var page = open.Page;
        await page.RouteAsync(new Regex("/trend/packed\\?"), async route =>
        {
            // Of the hour that is asked for, its last two minutes.
            var young = new UriBuilder(route.Request.Url);
            var to = DateTimeOffset.Parse(System.Web.HttpUtility.ParseQueryString(young.Query)["to"]!, System.Globalization.CultureInfo.InvariantCulture);
            young.Query = FromTime().Replace(young.Query, $"from={to.AddMinutes(-2):yyyy-MM-ddTHH:mm:ssZ}");
            await route.FulfillAsync(new() { Response = await route.FetchAsync(new() { Url = young.Uri.AbsoluteUri }) });
        });

        await page.GotoAsync("/services/checkout?range=1h");

        await Expect(page.Locator(".trend-status")).ToContainTextAsync(new Regex(@"nothing before (\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d in this range"));
    }

    [Fact]
    public async Task Trend_NotReadable_SaysSoInPlace()
    {
        await using var open = await browser.OpenAsync("/comparisons");
        var page = open.Page;
        await page.RouteAsync(new Regex("/trend/packed\\?"), route => route.FulfillAsync(new() { Status = 503, ContentType = "application/problem+json", Body = """{"title":"The silo is away","detail":"Planted."}""" }));
        await page.GotoAsync("/services/checkout");

        await Expect(page.Locator(".trends [role=alert]")).ToContainTextAsync("Planted.");
    }

    /// <summary>Charts that were drawn once, ask every half a second, and get their points three times as late.</summary>
    private async Task<BrowserPage> OpenWithSlowPointsAsync()
    {
        var open = await browser.OpenAsync("/comparisons");
        await open.ChangeScriptAsync(TrendView(), text => text.Replace("REFRESH_MILLISECONDS = 10_000", "REFRESH_MILLISECONDS = 500", StringComparison.Ordinal));
        await open.ChangeScriptAsync(Dom(), text => text.Replace("PATIENCE_MILLISECONDS = 30_000", "PATIENCE_MILLISECONDS = 5_000", StringComparison.Ordinal));
        await open.Page.AddInitScriptAsync(
            """
            {
              const ask = fetch;
              globalThis.fetch = async (address, ...more) => {
                const answer = await ask(address, ...more);
                if (String(address).includes("/trend/packed")) await new Promise((done) => setTimeout(done, 1_500));
                return answer;
              };
            }
            """);
        await open.Page.GotoAsync("/services/checkout");
        await Expect(open.Page.Locator("main .trends[data-painted] .u-over")).ToHaveCountAsync(6);
        return open;
    }

    /// <summary>The answer to a question that ends in the past; those of each refresh end now.</summary>
    private static bool IsOfABrushedRange(IResponse response) =>
        response.Url.Contains("/trend/packed?", StringComparison.Ordinal)
        && DateTimeOffset.TryParse(System.Web.HttpUtility.ParseQueryString(new Uri(response.Url).Query)["to"], System.Globalization.CultureInfo.InvariantCulture, out var to)
        && to < DateTimeOffset.UtcNow.AddMinutes(-5);

    [GeneratedRegex("from=[^&]*")]
    private static partial Regex FromTime();

    [GeneratedRegex("from=20.*&to=20")]
    private static partial Regex AbsoluteRange();

    [GeneratedRegex("gcpauses/trend-view[^/]*js")]
    private static partial Regex TrendView();

    [GeneratedRegex("js/dom[^/]*js")]
    private static partial Regex Dom();

    /// <summary>The first place from so much of the width on, at half the height, that is chart: markers take the pointer for themselves, and stand elsewhere each minute.</summary>
    private static async Task<(float X, float Y)> BetweenMarkersAsync(IPage page, int chart, double share)
    {
        var place = await page.EvaluateAsync<float[]>(
            """
            ([chart, share]) => {
              const over = document.querySelectorAll(".trend .u-over")[chart], { x, y, width, height } = over.getBoundingClientRect();
              const taken = [...over.querySelectorAll(".trend-marker")].map((marker) => marker.getBoundingClientRect());
              let at = x + width * share;
              while (taken.some(({ left, right }) => at > left - 3 && at < right + 3)) at += 1;
              return [at, y + height / 2];
            }
            """,
            new[] { chart, share });
        return (place[0], place[1]);
    }

    [GeneratedRegex("gcpauses/trends[^/]*js")]
    private static partial Regex Trends();
}

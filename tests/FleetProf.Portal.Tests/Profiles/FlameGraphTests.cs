using System.Text.RegularExpressions;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Tests.Browser;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Profiles;

[Collection<BrowserCollection>]
public sealed class FlameGraphTests(BrowserFixture browser, ITestOutputHelper output)
{
    private string CaptureOf(CaptureKind kind) =>
        browser.Portal.Silo.World.Captures().First(capture => capture.Kind == kind && capture.State == CaptureState.Ready).CaptureId;

    [Fact]
    public async Task Graph_OfFiftyThousandNodes_IsPaintedWithFewElements()
    {
        await using var open = await browser.OpenAsync($"/captures/{CaptureOf(CaptureKind.Trace)}");
        await PaintedAsync(open.Page);

        var nodes = int.Parse((await open.Page.GetAttributeAsync(".flame", "data-painted"))!, null);
        var elements = await open.Page.EvaluateAsync<int>("document.querySelectorAll('*').length");
        var milliseconds = await open.Page.EvaluateAsync<double>("performance.getEntriesByName('flame-data-to-painted')[0].duration");
        output.WriteLine($"{nodes} nodes: {milliseconds:0} ms from data to painted, {elements} elements on the page, {open.CircuitBytes / 1000} KB over the circuit");
        Assert.InRange(nodes, 40_000, 50_000);
        Assert.InRange(elements, 1, 499);
        Assert.InRange(open.CircuitBytes, 1, 300_000);
        Assert.Empty(open.Complaints);
        await open.PictureAsync("flame");
    }

    [Fact]
    public async Task Click_OnAFrame_ZoomsAndBackUndoes()
    {
        await using var open = await browser.OpenAsync($"/captures/{CaptureOf(CaptureKind.Trace)}?tab=flame");
        var page = open.Page;
        await PaintedAsync(page);

        await ClickRowAsync(page, 3);

        await Expect(page).ToHaveURLAsync(new Regex("zoom=3"));
        await Expect(page.Locator(".flame-status")).ToContainTextAsync("total");
        await page.GoBackAsync();
        await Expect(page).Not.ToHaveURLAsync(new Regex("zoom="));
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Keys_MoveZoomAndReset()
    {
        await using var open = await browser.OpenAsync($"/captures/{CaptureOf(CaptureKind.Trace)}?tab=flame");
        var page = open.Page;
        await PaintedAsync(page);
        await page.Locator(".flame canvas").FocusAsync();

        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("zoom=2"));
        await page.Keyboard.PressAsync("Escape");

        await Expect(page).Not.ToHaveURLAsync(new Regex("zoom="));
        await page.Keyboard.PressAsync("/");
        await Expect(page.Locator(".flame-find")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Search_ByRegex_TellsShareAndCountAndStaysInTheAddress()
    {
        await using var open = await browser.OpenAsync($"/captures/{CaptureOf(CaptureKind.Trace)}?tab=flame&find=CartPricing");
        var page = open.Page;
        await PaintedAsync(page);
        await Expect(page.Locator(".flame-found")).ToHaveTextAsync(new Regex(@"^[\d.]+ % in [\d,]+ frames$"));

        await page.FillAsync(".flame-find", "TryInsert[0-9]+$");
        await Expect(page).ToHaveURLAsync(new Regex("find=TryInsert"));
        await page.FillAsync(".flame-find", "(unclosed");

        await Expect(page.Locator(".flame-found")).ToHaveTextAsync("no match");
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Menu_Sandwich_ShowsCallersAndCalleesOfTheFunction()
    {
        await using var open = await browser.OpenAsync($"/captures/{CaptureOf(CaptureKind.Trace)}?tab=flame");
        var page = open.Page;
        await PaintedAsync(page);
        await ClickRowAsync(page, 2, MouseButton.Right);
        await Expect(page.Locator(".flame-menu")).ToBeVisibleAsync();
        await open.PictureAsync("flame-menu");

        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Sandwich" }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("view=sandwich"));
        await Expect(page.Locator(".flame-view")).ToContainTextAsync("Callers and callees of");
        await open.PictureAsync("flame-sandwich");
        await page.GetByRole(AriaRole.Button, new() { Name = "Invert" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("view=inverted"));
        await open.PictureAsync("flame-inverted");
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task View_Changed_ForgetsWhatWaitedForTheAddress()
    {
        await using var open = await browser.OpenAsync($"/captures/{CaptureOf(CaptureKind.Trace)}?tab=flame");
        var page = open.Page;
        await PaintedAsync(page);

        // The node numbers of the whole tree mean nothing in the sandwich that follows at once.
        await page.EvaluateAsync("""
            () => {
              const canvas = document.querySelector(".flame canvas");
              canvas.focus();
              const press = (key) => canvas.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
              press("ArrowDown"), press("ArrowDown"), press("ArrowDown"), press("ContextMenu");
              [...document.querySelectorAll(".flame-menu button")].find((item) => item.textContent.startsWith("Sandwich")).click();
            }
            """);
        await Expect(page).ToHaveURLAsync(new Regex("view=sandwich"));
        await page.WaitForFunctionAsync(RestsLongerThanTheAddressWaits);
        Assert.DoesNotContain("sel=", page.Url, StringComparison.Ordinal);

        await page.EvaluateAsync("""
            () => {
              const find = document.querySelector(".flame-find");
              find.value = "abc";
              find.dispatchEvent(new Event("input"));
              [...document.querySelectorAll(".flame-bar button")].find((button) => button.textContent === "Reset").click();
            }
            """);
        await page.WaitForFunctionAsync(RestsLongerThanTheAddressWaits);
        Assert.DoesNotContain("find=", page.Url, StringComparison.Ordinal);
    }

    /// <summary>A promise that the page keeps after the time in which flame.js writes late to the address.</summary>
    private const string RestsLongerThanTheAddressWaits = "() => new Promise((done) => setTimeout(() => done(true), 500))";

    [Fact]
    public async Task Sandwich_OfAFunctionThatIsNotThere_SaysSo()
    {
        await using var open = await browser.OpenAsync($"/captures/{CaptureOf(CaptureKind.Trace)}?tab=flame&view=sandwich&fn=No.Such.Method");
        await PaintedAsync(open.Page);

        await Expect(open.Page.Locator(".flame-view")).ToHaveTextAsync("No.Such.Method is not in this capture: all of it is shown");
    }

    [Theory]
    [InlineData("/js/flame.js", 0, 7, "; the table has its figures")]
    [InlineData("/profiles/flame-diff.js", 0, 7, "")]
    [InlineData("/profiles/flame-diff.js", 7, 0, "")]
    public async Task Sandwich_OfAFunctionWhoseFramesWereLeftOut_DoesNotSayThatItIsMissing(string module, int leftOutBefore, int leftOut, string table)
    {
        await using var open = await browser.OpenAsync("/captures?view=sandwich&fn=No.Such.Method");
        await MountedProfile.ShowAsync(open.Page, module, $$"""
            { "/before": file("samples", [[[1], 9000]], { droppedNodes: {{leftOutBefore}} }), "/after": file("samples", [[[1], 9000]], { droppedNodes: {{leftOut}} }) }
            """);

        await Expect(open.Page.Locator($"{MountedProfile.Host} .flame-view"))
            .ToHaveTextAsync($"No.Such.Method is not drawn: its calls, if it has any here, are among the lightest frames{table}");
    }

    [Fact]
    public async Task Graph_WithoutSamples_SaysNoShare()
    {
        await using var open = await browser.OpenAsync("/captures");
        await MountedProfile.ShowAsync(open.Page, "/js/flame.js", """{ "/after": file("samples", []) }""");

        await open.Page.FocusAsync($"{MountedProfile.Host} canvas");

        await Expect(open.Page.Locator($"{MountedProfile.Host} .flame-status")).ToHaveTextAsync("all · everything · total 0 samples 0.00 % · self 0 samples 0.00 %");
    }

    [Fact]
    public async Task Names_ThatAreMarkup_StayText()
    {
        await using var open = await browser.OpenAsync($"/captures/{CaptureOf(CaptureKind.Trace)}?tab=flame&find=onerror");
        var page = open.Page;
        await PaintedAsync(page);
        for (var row = 1; row < 12; row++)
        {
            var box = (await page.Locator(".flame canvas").BoundingBoxAsync())!;
            await page.Mouse.MoveAsync(box.X + 40, box.Y + (row * 19) + 9);
        }

        await page.GotoAsync(page.Url.Replace("tab=flame&find=onerror", "tab=top&q=onerror", StringComparison.Ordinal));
        await Expect(page.Locator(".table-results")).ToContainTextAsync("<img src=x onerror=alert(1)>");

        Assert.Equal(0, await page.Locator("main img").CountAsync());
        Assert.Empty(open.Complaints);
    }

    [Theory]
    [InlineData("export function mount() { throw new Error('planted fault'); } export function unmount() {}")]
    [InlineData("this is no module")]
    public async Task Module_Throws_IsAnInlineErrorAndThePageLives(string module)
    {
        await using var open = await browser.OpenAsync("/captures");
        var page = open.Page;
        await page.RouteAsync(new Regex(@"/js/flame\."), route => route.FulfillAsync(new() { ContentType = "text/javascript", Body = module }));

        await page.GotoAsync($"/captures/{CaptureOf(CaptureKind.Trace)}?tab=flame");

        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("This view could not be shown");
        await page.ClickAsync("nav.tabs >> text=Downloads");
        await Expect(page.Locator("main")).ToContainTextAsync("original.nettrace");
    }

    [Fact]
    public async Task Theme_Dark_ColoursTheCanvasAnew()
    {
        await using var open = await browser.OpenAsync($"/captures/{CaptureOf(CaptureKind.Alloc)}?tab=flame", ColorScheme.Dark);
        await PaintedAsync(open.Page);
        const string pixel = "() => [...document.querySelector('.flame canvas').getContext('2d').getImageData(5, 25, 1, 1).data].join()";
        var dark = await open.Page.EvaluateAsync<string>(pixel);
        await open.PictureAsync("flame-dark");

        await open.Page.EvaluateAsync("() => { document.documentElement.dataset.theme = 'light'; document.dispatchEvent(new CustomEvent('fp-theme')); }");
        await open.Page.WaitForFunctionAsync($"before => ({pixel})() !== before", dark);

        Assert.Empty(open.Complaints);
    }

    private static Task PaintedAsync(IPage page) => page.Locator(".flame[data-painted]").WaitForAsync();

    private static Task ClickRowAsync(IPage page, int row, MouseButton button = MouseButton.Left) =>
        page.Locator(".flame canvas").ClickAsync(new() { Button = button, Position = new() { X = 30, Y = (row * 19) + 9 } });
}

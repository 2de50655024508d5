using System.Text.RegularExpressions;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Tests.Browser;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Allocations;

/// <summary>Types and their module have brackets in their names, which mean something else in a regular expression.</summary>
[Collection<BrowserCollection>]
public sealed class AllocationFlameTests(BrowserFixture browser)
{
    private const string Flame = """
        {"unit": "bytes", "total": 100, "sampleCount": 96112, "lostEvents": 0, "droppedNodes": 0,
         "names": ["all", "Example.Run", "System.Byte[]", "System.Char[]"], "modules": ["Example", "[type]", ""],
         "name": [0, 1, 2, 3], "module": [2, 0, 1, 1], "level": [0, 1, 2, 2], "totals": [100, 100, 60, 40], "self": [0, 0, 60, 40]}
        """;

    [Fact]
    public async Task Type_ClickedInTheTable_IsFoundInTheFlameGraph()
    {
        await using var open = await OpenAsync("types");

        await open.Page.Locator(".table-results tbody").GetByRole(AriaRole.Link, new() { Name = "System.Byte[]", Exact = true }).ClickAsync();

        await Expect(open.Page.Locator(".flame-found")).ToHaveTextAsync("60.0 % in 1 frames");
        Assert.Empty(open.Complaints);
    }

    /// <summary>A whole type is asked for: its share is not that of another beside it.</summary>
    [Theory]
    [InlineData("CartService")]
    [InlineData("CART")]
    public async Task Type_ThatOthersBeginWithOrAreCalledInCapitals_IsFoundAlone(string other)
    {
        const string cart = "Example.Checkout.Carts.Cart";
        await using var open = await OpenAsync("types", Flame.Replace("System.Byte[]", cart, StringComparison.Ordinal).Replace("System.Char[]", $"Example.Checkout.Carts.{other}", StringComparison.Ordinal));

        await open.Page.Locator(".table-results tbody").GetByRole(AriaRole.Link, new() { Name = cart, Exact = true }).ClickAsync();

        await Expect(open.Page.Locator(".flame-found")).ToHaveTextAsync("60.0 % in 1 frames");
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Types_WithFewSamples_AreMarked()
    {
        await using var open = await OpenAsync("types&q=Entity30");

        // 162 samples, and 17 of them.
        await Expect(FiguresOf(open.Page, "Example.Checkout.Model.Entity30").First).Not.ToHaveClassAsync(new Regex("fp-muted"));
        var few = FiguresOf(open.Page, "Example.Checkout.Model.Entity300");
        await Expect(few).ToHaveCountAsync(5);
        await Expect(few.And(open.Page.Locator(".fp-muted[title^='Rests on fewer than 30 samples']"))).ToHaveCountAsync(5);
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Module_ClickedInTheLegend_IsFoundAlone()
    {
        await using var open = await OpenAsync("flame");

        await open.Page.Locator(".flame-module").Filter(new() { HasText = "[type]" }).ClickAsync();

        await Expect(open.Page.Locator(".flame-found")).ToHaveTextAsync("100.0 % in 2 frames");
        Assert.Empty(open.Complaints);
    }

    private static ILocator FiguresOf(IPage page, string type) =>
        page.Locator(".table-results tbody tr").Filter(new() { Has = page.GetByTitle(type, new() { Exact = true }) }).Locator("td.fp-num");

    private async Task<BrowserPage> OpenAsync(string tab, string flame = Flame)
    {
        var capture = browser.Portal.Silo.World.Captures().First(capture => capture is { Kind: CaptureKind.Alloc, State: CaptureState.Ready });
        var open = await browser.OpenAsync("/captures");
        await open.Page.RouteAsync(new Regex("/files/alloc\\.flame\\.json"), route => route.FulfillAsync(new() { ContentType = "application/json", Body = flame }));
        await open.GoToAsync($"/captures/{capture.CaptureId}?tab={tab}");
        return open;
    }
}

using System.Text.RegularExpressions;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Tests.Browser;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Heaps;

[Collection<BrowserCollection>]
public sealed class HeapViewerTests(BrowserFixture browser)
{
    private string Capture => browser.Portal.Silo.World.Captures().First(capture => capture is { Kind: CaptureKind.Gcdump, State: CaptureState.Ready }).CaptureId;

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Tabs_OfAHeapSnapshot_AreQuietAndSmall(ColorScheme theme)
    {
        foreach (var (tab, drawn) in new[] { ("types", ".table[data-rows]"), ("suspects", ".heap[data-suspects]"), ("dominators", ".heap[data-rows]"), ("paths", ".heap[data-type]") })
        {
            await using var open = await browser.OpenAsync($"/captures/{Capture}?tab={tab}", theme);
            await open.Page.Locator(drawn).WaitForAsync();
            await Expect(open.Page.Locator("main")).ToContainTextAsync("No string values exist in a snapshot");
            await open.PictureAsync($"heap-{tab}-{theme}");
            await open.Page.SetViewportSizeAsync(480, 900);
            await open.PictureAsync($"heap-{tab}-{theme}-narrow");

            Assert.InRange(open.CircuitBytes, 1, 300_000);
            Assert.Empty(open.Complaints);
        }
    }

    [Fact]
    public async Task Type_Clicked_ShowsWhyItIsAlive()
    {
        await using var open = await browser.OpenAsync($"/captures/{Capture}?tab=types&q=Cart");
        await open.Page.Locator(".table-results tbody a").First.ClickAsync();

        await Expect(open.Page).ToHaveURLAsync(new Regex("tab=paths&type=Example"));
        await Expect(open.Page.Locator(".heap-title")).ToHaveTextAsync(FakeHeap.Cart);
        await Expect(open.Page.Locator(".heap-module")).ToHaveTextAsync("in Example.Checkout");
        // Three ways; two begin with the same holder.
        await Expect(open.Page.Locator(".heap-ways tbody tr")).ToHaveCountAsync(4 + 3 + 3 - 1);
        await Expect(open.Page.Locator(".heap-ways")).ToContainTextAsync("2 more ways that end alike");
    }

    [Fact]
    public async Task Paths_OfATypeThatIsNotInTheFile_AreAskedFromTheServer()
    {
        await using var open = await browser.OpenAsync($"/captures/{Capture}?tab=paths");
        await open.Page.Locator(".heap[data-type]").WaitForAsync();

        await open.Page.FillAsync(".heap-choice", "Example.Checkout.Model.Entity77");
        await open.Page.PressAsync(".heap-choice", "Enter");

        await Expect(open.Page.Locator(".heap-title")).ToHaveTextAsync("Example.Checkout.Model.Entity77");
        await Expect(open.Page.Locator(".heap-paths")).ToContainTextAsync("stored for the types that retain most");
        await open.Page.GoBackAsync();
        await Expect(open.Page.Locator(".heap-title")).ToHaveTextAsync(FakeHeap.Cart);
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Paths_OfATypeInAnotherAssemblyThanThatInTheFile_AreAskedFromTheServer()
    {
        await using var open = await browser.OpenAsync($"/captures/{Capture}?tab=paths&type={FakeHeap.Cart}&module={FakeHeap.OtherModule}");

        await Expect(open.Page.Locator(".heap-module")).ToHaveTextAsync($"in {FakeHeap.OtherModule}");
        await Expect(open.Page.Locator(".heap-paths")).ToContainTextAsync("stored for the types that retain most");
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Paths_OfATypeThatTheHeapDoesNotHave_SaySo()
    {
        await using var open = await browser.OpenAsync($"/captures/{Capture}?tab=paths&type=No.Such.Type");

        await Expect(open.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("There is no type in the heap of capture");
    }

    [Fact]
    public async Task Suspect_Followed_OpensItsPlaceInTheDominatorTree()
    {
        await using var open = await browser.OpenAsync($"/captures/{Capture}?tab=suspects");
        var page = open.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Evidence" }).First.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("suspect=1"));
        await Expect(page.Locator(".heap-evidence tbody tr")).ToHaveCountAsync(4);
        await open.PictureAsync("heap-evidence");

        await page.GetByRole(AriaRole.Link, new() { Name = "In the dominator tree" }).First.ClickAsync();

        var cart = FakeHeap.IdOf("static field Carts", "System.Collections.Generic.List`1[Example.Checkout.Carts.Cart]", $"{FakeHeap.Cart}[]", FakeHeap.Cart);
        await Expect(page.Locator($"tr[data-node='{cart}']")).ToHaveAttributeAsync("aria-selected", "true");
        await Expect(page.Locator($"tr[data-node='{cart}']")).ToHaveAttributeAsync("aria-level", "4");
        await open.PictureAsync("heap-dominators-open");
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Dominators_OpenedByKeys_AskOnlyForThatPageAndStayInTheAddress()
    {
        await using var open = await browser.OpenAsync($"/captures/{Capture}?tab=dominators");
        var page = open.Page;
        var wide = FakeHeap.IdOf("stacks or thread-static fields");
        await page.Locator($"tr[data-node='{wide}']").WaitForAsync();
        var bytes = open.CircuitBytes;
        browser.Portal.Silo.World.HeapQuestions.Clear();

        await page.FocusAsync("tr[data-node='1']");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("ArrowRight");

        await Expect(page.Locator(".heap")).ToHaveAttributeAsync("data-rows", "55");
        await page.GetByRole(AriaRole.Button, new() { Name = "50 lighter rows of 80" }).ClickAsync();
        await Expect(page.Locator(".heap")).ToHaveAttributeAsync("data-rows", "105");
        Assert.Equal(
            [(wide, 0), (wide, 50)],
            browser.Portal.Silo.World.HeapQuestions.Where(asked => asked.CaptureId == Capture && asked.Query.Take == 50).Select(asked => (asked.Query.Node, asked.Query.Skip)));
        await Expect(page).ToHaveURLAsync(new Regex($"at={wide}&open={wide}$"));
        Assert.True(open.CircuitBytes - bytes < 30_000, $"{open.CircuitBytes - bytes} bytes went over the circuit.");
        await page.ReloadAsync();
        await Expect(page.Locator(".heap")).ToHaveAttributeAsync("data-rows", "55");
        await page.FocusAsync($"tr[data-node='{wide}']");
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(page.Locator(".heap")).ToHaveAttributeAsync("data-rows", "4");
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Dominators_LinkedFarBehindTheFirstPage_ShowTheRowWithAllAboveIt()
    {
        var light = FakeHeap.IdOf("stacks or thread-static fields", "Example.Checkout.Model.Entity120");
        await using var open = await browser.OpenAsync($"/captures/{Capture}?tab=dominators&at={light}");

        await Expect(open.Page.Locator($"tr[data-node='{light}']")).ToHaveAttributeAsync("aria-selected", "true");
        await Expect(open.Page.Locator(".heap-status")).ToContainTextAsync("Entity120: 300.0 KB retained");
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Dominators_LinkedToNoSuchRow_ShowTheTree()
    {
        await using var open = await browser.OpenAsync($"/captures/{Capture}?tab=dominators&open=1.99999.x&at=88888");

        await Expect(open.Page.Locator(".heap")).ToHaveAttributeAsync("data-rows", "5");
    }

    [Fact]
    public async Task Diff_OfTwoSnapshots_ShowsPathsAndTypesAndKeepsItInTheAddress()
    {
        await using var open = await browser.OpenAsync($"/captures/{Capture}?tab=types");
        var page = open.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare…" }).ClickAsync();
        await Expect(page.Locator("[data-rows='61']")).ToBeVisibleAsync();
        await Expect(page.Locator(".heap-changes li")).ToHaveCountAsync(6);
        // Two of the types have one name.
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Module" })).ToBeVisibleAsync();
        await open.PictureAsync("heap-diff");

        await page.GetByRole(AriaRole.Button, new() { Name = "All 8 paths" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("paths=all"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Dead ≥" }).ClickAsync();
        await Expect(page.Locator(".table-results tbody tr").Nth(1)).ToContainTextAsync("Entity60");
        await page.GetByRole(AriaRole.Link, new() { Name = "Swap" }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("from=.+&to=.+"));
        await Expect(page.Locator(".fp-card").First).ToContainTextAsync("From");
        Assert.InRange(open.CircuitBytes, 1, 300_000);
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Diff_OfCapturesOfOtherKinds_SaysWhyNot()
    {
        var other = browser.Portal.Silo.World.Captures().First(capture => capture is { Kind: CaptureKind.Trace, State: CaptureState.Ready }).CaptureId;
        await using var open = await browser.OpenAsync($"/heaps/diff?from={other}&to={Capture}");

        await Expect(open.Page.Locator("main")).ToContainTextAsync("Both captures must be heap snapshots.");
    }
}

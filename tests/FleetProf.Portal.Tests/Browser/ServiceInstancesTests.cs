using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Browser;

/// <summary>The instances below the charts are sorted by a figure that changes twice a second.</summary>
[Collection<BrowserCollection>]
public sealed class ServiceInstancesTests(BrowserFixture browser)
{
    private const string Rows = ".service-instances tr.fleet-row";

    [Fact]
    public async Task Rows_PointedAt_AreHeldUntilLeft()
    {
        await using var open = await browser.OpenAsync("/services/checkout");
        var page = open.Page;
        await HoldAsync(page, async () =>
        {
            await page.Locator("h1").HoverAsync();
            await page.Locator(Rows).Nth(2).HoverAsync();
        });

        var before = await OrderAsync(page);
        // Pauses wander twice a second, so the order is soon another one.
        await Expect(page.GetByText("Order has changed")).ToBeVisibleAsync();

        Assert.Equal(before, await OrderAsync(page));
        await page.Locator("h1").HoverAsync();
        await Expect(page.GetByText("rows held")).ToBeHiddenAsync();
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Rows_GoneThroughByKeys_AreHeldUntilLeft()
    {
        await using var open = await browser.OpenAsync("/services/checkout");
        var page = open.Page;
        var lastHead = page.Locator(".service-instances th button").Last;
        await HoldAsync(page, async () =>
        {
            await lastHead.FocusAsync();
            await page.Keyboard.PressAsync("Tab");
        });

        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByText("Order has changed")).ToBeVisibleAsync();

        Assert.True(await page.EvaluateAsync<bool>("document.activeElement.matches('.service-instances tbody a')"));
        await lastHead.FocusAsync();
        await Expect(page.GetByText("rows held")).ToBeHiddenAsync();
    }

    /// <summary>The script that listens may come a little later than the rows.</summary>
    private static async Task HoldAsync(IPage page, Func<Task> read)
    {
        // The rows go down until all charts stand above them.
        await Expect(page.Locator("main .trends[data-painted] .u-over")).ToHaveCountAsync(6);
        await Expect(page.Locator(Rows).First).ToBeVisibleAsync();
        for (var tries = 0; tries < 50 && await page.GetByText("rows held").CountAsync() == 0; tries++)
        {
            await read();
            await page.EvaluateAsync("() => new Promise((done) => setTimeout(done, 200))");
        }

        await Expect(page.GetByText("rows held")).ToBeVisibleAsync();
    }

    private static Task<string[]> OrderAsync(IPage page) => page.Locator($"{Rows} a").EvaluateAllAsync<string[]>("links => links.map((link) => link.href)");
}

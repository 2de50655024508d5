using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Browser;

[Collection<BrowserCollection>]
public sealed class ShellTests(BrowserFixture browser)
{
    [Fact]
    public async Task Theme_Toggled_ChangesThePageAndIsKept()
    {
        await using var open = await browser.OpenAsync("/", ColorScheme.Light);
        var page = open.Page;
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");

        await page.ClickAsync("[data-fp=theme]");
        await page.ClickAsync("[data-fp=theme]");

        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await Expect(page.Locator("[data-fp=theme-name]")).ToHaveTextAsync("Dark");
        await page.ReloadAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Theme_OfADarkSystem_IsDark()
    {
        await using var open = await browser.OpenAsync("/", ColorScheme.Dark);

        await Expect(open.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }

    [Fact]
    public async Task Keys_GoHelpAndSearch_Work()
    {
        await using var open = await browser.OpenAsync("/");
        var page = open.Page;
        await Expect(page.Locator("[data-fp=theme-name]")).ToHaveTextAsync("Auto");

        await page.Keyboard.PressAsync("?");
        await Expect(page.Locator("#fp-help")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#fp-help")).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("h");

        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/comparisons$"));
    }

    [Fact]
    public async Task UnknownAddress_SaysWhereToGo()
    {
        await using var open = await browser.OpenAsync("/no-such-page");

        await Expect(open.Page.Locator("h1")).ToHaveTextAsync("There is no such page");
        await Expect(open.Page.Locator("header nav a")).ToHaveCountAsync(4);
    }

    [Fact]
    public async Task LogOut_EndsAtTheLoginPage()
    {
        await using var open = await browser.OpenAsync("/");
        await Expect(open.Page.Locator("[data-fp=theme-name]")).ToHaveTextAsync("Auto");

        await open.Page.ClickAsync("[data-fp=logout]");

        await Expect(open.Page.Locator("h1")).ToHaveTextAsync("Log in to FleetProf");
        await open.Page.GotoAsync("/");
        await Expect(open.Page.Locator("h1")).ToHaveTextAsync("Log in to FleetProf");
    }
}

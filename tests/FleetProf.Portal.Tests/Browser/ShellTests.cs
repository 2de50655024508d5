using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.TestKit.Processes;
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

        await open.GoByKeysAsync("h", new System.Text.RegularExpressions.Regex("/comparisons$"));
    }

    [Fact]
    public async Task Help_Opened_StandsInTheMiddle()
    {
        await using var open = await browser.OpenAsync("/comparisons");

        await open.Page.Keyboard.PressAsync("?");

        await Expect(open.Page.Locator("#fp-help")).ToBeVisibleAsync();
        var box = (await open.Page.Locator("#fp-help").BoundingBoxAsync())!;
        Assert.Equal(1400 / 2f, box.X + (box.Width / 2), 20f);
        await open.PictureAsync("help");
    }

    [Fact]
    public async Task Escape_InAnOpenMenu_GivesTheFocusBackToItsButton()
    {
        await using var open = await browser.OpenAsync("/");
        var page = open.Page;
        await page.Locator("summary").First.ClickAsync();
        await page.Locator(".fp-panel input").First.FocusAsync();

        await page.Keyboard.PressAsync("Escape");

        await Expect(page.Locator(".fp-panel")).ToBeHiddenAsync();
        await Expect(page.Locator("summary").First).ToBeFocusedAsync();
    }

    [Fact]
    public async Task CopyLink_Pressed_SaysThatItIsDone()
    {
        await using var open = await browser.OpenAsync("/services/checkout?range=6h");

        await Expect(open.Page.Locator("[data-fp=copy-link]")).ToHaveTextAsync("Copy link");
        // It says what came of it for a second and a half, which a look from outside may miss.
        await open.Page.EvaluateAsync(
            """
            () => {
              globalThis.saidByButton = [];
              const button = document.querySelector("[data-fp=copy-link]");
              new MutationObserver(() => saidByButton.push(button.textContent)).observe(button, { childList: true, characterData: true, subtree: true });
            }
            """);

        await open.Page.ClickAsync("[data-fp=copy-link]");

        await open.Page.WaitForFunctionAsync("() => saidByButton.length === 2");
        Assert.Equal(["Copied", "Copy link"], await open.Page.EvaluateAsync<string[]>("() => saidByButton"));
    }

    [Fact]
    public async Task Portal_Restarted_ShowsThePageAgainByItself()
    {
        var port = FreePort.Next();
        var folder = Directory.CreateTempSubdirectory("fleetprof-keys-");
        var keys = $"--FleetProf:Portal:DataFolder={folder.FullName}";
        var before = await PortalUnderTest.StartAsync(browser.Portal.Silo, port, keys);
        await using var open = await browser.OpenAsync("/services/checkout?range=6h", portalUrl: before.Url);
        await Expect(open.Page.Locator("[aria-pressed=true] >> text=6h")).ToBeVisibleAsync();

        await before.DisposeAsync();
        await Expect(open.Page.Locator("#components-reconnect-modal")).ToBeVisibleAsync();
        await using var after = await PortalUnderTest.StartAsync(browser.Portal.Silo, port, keys);

        await Expect(open.Page.Locator("#components-reconnect-modal")).ToBeHiddenAsync();
        await Expect(open.Page.Locator("[aria-pressed=true] >> text=6h")).ToBeVisibleAsync();
        Assert.EndsWith("/services/checkout?range=6h", open.Page.Url, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task UnknownAddress_SaysWhereToGo()
    {
        await using var open = await browser.OpenAsync("/no-such-page");

        await Expect(open.Page.Locator("h1")).ToHaveTextAsync("There is no such page");
        await Expect(open.Page.Locator("header nav a")).ToHaveCountAsync(7);
        await Expect(open.Page.Locator("header nav a").Last).ToContainTextAsync("Audit");
    }

    [Fact]
    public async Task LogOut_EndsAtTheLoginPage()
    {
        // Of its own: the session of other tests goes on.
        browser.Portal.Silo.World.LoginCodes["session-that-is-left"] = true;
        await using var open = await browser.OpenAsync("/", code: "session-that-is-left");
        await Expect(open.Page.Locator("[data-fp=theme-name]")).ToHaveTextAsync("Auto");

        await open.Page.ClickAsync("[data-fp=logout]");

        await Expect(open.Page.Locator("h1")).ToHaveTextAsync("Log in to FleetProf");
        await open.Page.GotoAsync("/");
        await Expect(open.Page.Locator("h1")).ToHaveTextAsync("Log in to FleetProf");
    }

    [Fact]
    public async Task LogOut_OnANarrowScreen_IsThere()
    {
        await using var open = await browser.OpenAsync("/comparisons", width: 480);

        await Expect(open.Page.Locator("[data-fp=logout]")).ToBeInViewportAsync(new() { Ratio = 1 });
        await open.PictureAsync("narrow-head");
    }

    [Fact]
    public async Task LogOut_SiloCannotEndTheSession_EndsAtTheLoginPageThatSaysSo()
    {
        const string session = "session-that-stays";
        var world = browser.Portal.Silo.World;
        (world.LoginCodes[session], world.LastingSessions[session]) = (true, true);
        await using var open = await browser.OpenAsync("/", code: session);
        await Expect(open.Page.Locator("[data-fp=theme-name]")).ToHaveTextAsync("Auto");

        await open.Page.ClickAsync("[data-fp=logout]");

        await Expect(open.Page.Locator("main")).ToContainTextAsync("the session itself could not be ended");
        await open.Page.GotoAsync("/");
        await Expect(open.Page.Locator("h1")).ToHaveTextAsync("Log in to FleetProf");
    }

    [Fact]
    public async Task LogOut_WithoutAnAnswer_SaysThatOneIsStillLoggedIn()
    {
        await using var open = await browser.OpenAsync("/");
        await Expect(open.Page.Locator("[data-fp=theme-name]")).ToHaveTextAsync("Auto");
        await open.Page.RouteAsync(new System.Text.RegularExpressions.Regex("/logout$"), route => route.AbortAsync());

        await open.Page.ClickAsync("[data-fp=logout]");

        await Expect(open.Page.Locator("[data-fp=logout]")).ToHaveTextAsync("Still logged in. Try again");
    }
}

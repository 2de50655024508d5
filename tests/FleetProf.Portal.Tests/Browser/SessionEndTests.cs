using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Browser;

/// <summary>A circuit that was open before its session was ended.</summary>
[Collection<BrowserCollection>]
public sealed partial class SessionEndTests(BrowserFixture browser)
{
    [Fact]
    public async Task Page_SessionRevokedWhileItIsOpen_GivesWayToTheLogin()
    {
        browser.Portal.Silo.World.LoginCodes["session-of-a-circuit"] = true;
        await using var opened = await browser.OpenAsync("/", code: "session-of-a-circuit");
        await Expect(opened.Page.Locator("tbody tr.fleet-row").First).ToBeVisibleAsync();

        browser.Portal.Silo.World.EndedSessions["session-of-a-circuit"] = true;

        await Expect(opened.Page).ToHaveURLAsync(LoginAddress(), new() { Timeout = 120_000 });
        await opened.PictureAsync("login");
    }

    [GeneratedRegex("/login")]
    private static partial Regex LoginAddress();
}

using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Browser;

/// <summary>Tokens and sessions, and an end of them.</summary>
[Collection<BrowserCollection>]
public sealed class PeoplePageTests(BrowserFixture browser)
{
    [Fact]
    public async Task NewToken_IsShownOnce_AndAWrongOneSaysWhy()
    {
        await using var open = await browser.OpenAsync("/people");
        var page = open.Page;
        await Expect(page.Locator(".people tbody tr")).ToContainTextAsync("checkout");
        await page.GetByLabel("Name of the token").FillAsync("pipeline");
        await page.GetByLabel("Role of the token").SelectOptionAsync("Operator");

        await page.GetByRole(AriaRole.Button, new() { Name = "New API token" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Status).Locator("pre")).ToContainTextAsync("fpp_");
        await page.GetByLabel("Days that the token lives").FillAsync("400");
        await page.GetByRole(AriaRole.Button, new() { Name = "New API token" }).ClickAsync();
        await Expect(page.GetByText("A token lives 1 to 90 days.")).ToBeVisibleAsync();
        await Expect(page.GetByText("fpp_")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Revoke_AsksOnce_ThenEndsIt()
    {
        await using var open = await browser.OpenAsync("/people");
        var button = open.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke pipeline" });
        await Expect(button).ToHaveTextAsync("Revoke");

        await button.ClickAsync();
        await Expect(button).ToHaveTextAsync("Revoke for ever?");
        await button.ClickAsync();

        await Expect(button).ToHaveTextAsync("Revoke");
        Assert.True(browser.Portal.Silo.World.EndedSessions.ContainsKey("0123456789abcdef"));
    }
}

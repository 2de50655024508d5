using FleetProf.Portal.Tests.FakeFleet.Grains;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Browser;

/// <summary>The forms for strangers as a browser sends them: what it says of where they come from follows from the headers of their pages.</summary>
[Collection<BrowserCollection>]
public sealed class LocalAccountTests(BrowserFixture browser)
{
    [Fact]
    public async Task Setup_FormOfItsLink_MakesTheAccountAndLetsItsPersonIn()
    {
        await using var opened = await BrowserPage.CreateAsync(await browser.StrangerAsync());
        await opened.Page.GotoAsync($"/setup?t={FakePeople.SetupCode}");

        await SendAsync(opened.Page, "Make the account and log in");

        await Expect(opened.Page.Locator("tbody tr.fleet-row").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Login_FormOfItsPage_LetsItsPersonIn()
    {
        await using var opened = await BrowserPage.CreateAsync(await browser.StrangerAsync());
        await opened.Page.GotoAsync("/login");

        await SendAsync(opened.Page, "Log in");

        await Expect(opened.Page.Locator("tbody tr.fleet-row").First).ToBeVisibleAsync();
    }

    /// <summary>Also after a slip.</summary>
    [Fact]
    public async Task Login_OfSomebodySentThere_LeadsBackToThePage()
    {
        await using var opened = await BrowserPage.CreateAsync(await browser.StrangerAsync());
        await opened.Page.GotoAsync("/services/checkout?range=6h");
        await SendAsync(opened.Page, "Log in", "not the password");
        await Expect(opened.Page.GetByText("Name or password are wrong")).ToBeVisibleAsync();

        await SendAsync(opened.Page, "Log in");

        await Expect(opened.Page.Locator("[aria-pressed=true] >> text=6h")).ToBeVisibleAsync();
        Assert.EndsWith("/services/checkout?range=6h", opened.Page.Url, StringComparison.Ordinal);
    }

    private static async Task SendAsync(IPage page, string button, string password = FakePeople.Password)
    {
        await page.Locator("input[name=name]").FillAsync("browsing");
        await page.Locator("input[name=password]").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
    }
}

using System.Text.RegularExpressions;
using FleetProf.Portal.Tests.Browser;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Heaps;

[Collection<BrowserCollection>]
public sealed class HeapGrowthPageTests(BrowserFixture browser)
{
    [Fact]
    public async Task Row_Opened_ShowsItsPathAndEveryReplica()
    {
        await using var open = await browser.OpenAsync("/heaps/growth?service=checkout");
        var rows = open.Page.Locator(".growth > tbody > tr");
        await Expect(rows).ToHaveCountAsync(5);
        await Expect(rows.First).ToContainTextAsync("5 of 6");
        await Expect(rows.Last).ToContainTextAsync("fades");
        await Expect(rows.Nth(1)).ToContainTextAsync(FakeHeap.Evil);

        await rows.First.Locator("summary").ClickAsync();

        await Expect(rows.First.Locator(".growth-path li")).ToHaveCountAsync(4);
        await Expect(rows.First.Locator("tbody tr")).ToHaveCountAsync(6);
        await open.PictureAsync("heap-growth");
        await rows.First.GetByRole(AriaRole.Link, new() { Name = "Difference" }).First.ClickAsync();
        await Expect(open.Page).ToHaveURLAsync(new Regex("/heaps/diff\\?from=.+&to=.+"));
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Range_WithoutTwoSnapshots_SaysWhatToDo()
    {
        await using var open = await browser.OpenAsync("/heaps/growth?service=checkout");
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "12h" }).ClickAsync();

        await Expect(open.Page).ToHaveURLAsync(new Regex("range=12h"));
        await Expect(open.Page.Locator(".fp-empty")).ToContainTextAsync("No replica has two complete snapshots in this time");
        await Expect(open.Page.Locator(".fp-empty")).ToContainTextAsync("2 replicas have one.");
        await Expect(open.Page.Locator(".fp-empty")).ToContainTextAsync("3 snapshots took no part");
        await Expect(open.Page.Locator(".fp-empty")).ToContainTextAsync("There were more snapshots than are looked at");
        Assert.Empty(open.Complaints);
    }
}

using System.Text.RegularExpressions;
using FleetProf.Portal.Tests.Browser;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Campaigns;

[Collection<BrowserCollection>]
public sealed class CampaignPagesTests(BrowserFixture browser)
{
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task List_ShowsEveryStateInWords(ColorScheme theme)
    {
        await using var open = await browser.OpenAsync("/campaigns", theme);
        var table = open.Page.Locator(".fp-table");
        await Expect(table).ToContainTextAsync("waits for its next run");
        await Expect(table).ToContainTextAsync("stopped");
        await Expect(table).ToContainTextAsync("completed");
        await open.PictureAsync($"campaigns-{theme}");
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task List_SearchTypedFast_KeepsEveryLetterAndSaysWhenNothingMatches()
    {
        await using var open = await browser.OpenAsync("/campaigns");
        var page = open.Page;
        await Expect(page.Locator(".fp-table")).ToContainTextAsync("Long pauses");

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("long pauses of nothing", new() { Delay = 15 });

        await Expect(page).ToHaveURLAsync(new Regex("q=long%20pauses%20of%20nothing$"));
        await Expect(page.Locator("[data-search]")).ToHaveValueAsync("long pauses of nothing");
        await Expect(page.Locator(".fp-empty")).ToContainTextAsync("No campaign matches");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Show all") }).ClickAsync();
        await Expect(page.Locator("[data-search]")).ToHaveValueAsync("");
        await Expect(page.Locator(".fp-table")).ToContainTextAsync("Long pauses");
    }

    [Fact]
    public async Task List_HeadClicked_SortsInTheAddress()
    {
        await using var open = await browser.OpenAsync("/campaigns?q=e");
        var page = open.Page;

        await page.GetByRole(AriaRole.Button, new() { Name = "Not ready" }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("q=e&sort=failed&order=desc$"));
        await Expect(page.Locator("th[aria-sort=descending]")).ToContainTextAsync("Not ready");
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("Stopped early");
        await page.GoBackAsync();
        await Expect(page.Locator("tbody tr").First).Not.ToContainTextAsync("Stopped early");
    }

    [Fact]
    public async Task Targets_SortedByState_PutWhatFailedOnTop()
    {
        await using var open = await browser.OpenAsync("/campaigns/01k0000000000000000000part");

        await open.Page.GetByRole(AriaRole.Button, new() { Name = "State" }).ClickAsync();

        await Expect(open.Page.Locator(".targets tbody tr").First).ToContainTextAsync(new Regex("quarantined|failed"));
    }

    [Fact]
    public async Task Form_Filled_KeepsItselfInTheAddress()
    {
        await using var open = await browser.OpenAsync("/campaigns/new?services=checkout&kind=trace");
        var page = open.Page;
        await Expect(page.Locator(".preview-head")).ToHaveTextAsync(new Regex("^2 of"));

        await page.GetByLabel("Labels", new() { Exact = true }).FillAsync("zone=eu-west-1a");
        await page.GetByLabel("Allocations").CheckAsync();
        await page.GetByLabel("Reason, shown with every capture").FillAsync("weekly look");

        await Expect(page).ToHaveURLAsync(new Regex("kind=trace&kind=alloc.*labels=zone.*reason=weekly"));
        await page.ReloadAsync();
        await Expect(page.GetByLabel("Reason, shown with every capture")).ToHaveValueAsync("weekly look");
        await Expect(page.GetByLabel("Labels", new() { Exact = true })).ToHaveValueAsync("zone=eu-west-1a");
        await Expect(page.GetByLabel("Allocations")).ToBeCheckedAsync();
    }

    [Fact]
    public async Task Form_Filled_PreviewsStartsAndShowsProgress()
    {
        // Half a minute is enough to see a capture while it collects, and to stop it.
        await using var open = await browser.OpenAsync("/campaigns/new?services=checkout&kind=trace&seconds=30");
        var page = open.Page;
        await Expect(page.Locator(".preview-head")).ToHaveTextAsync(new Regex(@"^2 of \d+ instances"));
        await page.FillAsync("#service-find", "catal");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByLabel("catalog").CheckAsync();
        await Expect(page.Locator(".preview-head")).ToHaveTextAsync(new Regex(@"^4 of \d+ instances"));
        await page.Locator("details.candidates summary").ClickAsync();
        await open.PictureAsync("campaign-new");

        await page.ClickAsync("button.start");

        await Expect(page).ToHaveURLAsync(new Regex("/campaigns/[0-9a-z]{26}$"));
        await Expect(page.Locator(".targets tbody tr")).ToHaveCountAsync(4);
        await Expect(page.Locator(".targets")).ToContainTextAsync(new Regex("collecting [0-9]+ of 30 s"));
        await open.PictureAsync("campaign-live");
        await page.Locator(".targets").GetByRole(AriaRole.Button, new() { Name = "Stop" }).First.ClickAsync();
        await Expect(page.Locator(".targets")).ToContainTextAsync("The capture was stopped.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop all" }).ClickAsync();
        await Expect(page.Locator("[role=status]").First).ToHaveTextAsync("stopped");
        Assert.InRange(open.CircuitBytes, 1, 300_000);
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Form_ChangedAfterALostAnswer_SaysThatTheFirstOneRunsAndStartsAnotherAtTheNextPress()
    {
        const string name = "lost answer";
        var world = browser.Portal.Silo.World;
        await using var open = await LoseTheAnswerAsync(name);
        var page = open.Page;
        var earlier = Assert.Single(world.Campaigns.Values, campaign => campaign.Spec.Name == name);

        await page.GetByLabel("Reason, shown with every capture").FillAsync("another reason");
        await page.ClickAsync("button.start");

        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "that campaign" })).ToHaveAttributeAsync("href", $"campaigns/{earlier.Id}");
        Assert.Single(world.Campaigns.Values, campaign => campaign.Spec.Name == name);
        await page.ClickAsync("button.start");
        await Expect(page).ToHaveURLAsync(new Regex("/campaigns/[0-9a-z]{26}$"));
        Assert.DoesNotContain(earlier.Id, page.Url, StringComparison.Ordinal);
        Assert.Equal(["another reason", ""], world.Campaigns.Values.Where(campaign => campaign.Spec.Name == name).Select(campaign => campaign.Spec.Reason).OrderDescending(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Form_TriedAgainAfterALostAnswer_LeadsToTheOneCampaign()
    {
        const string name = "lost answer, tried again";
        var world = browser.Portal.Silo.World;
        await using var open = await LoseTheAnswerAsync(name);
        var page = open.Page;

        await page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("/campaigns/[0-9a-z]{26}$"));
        Assert.EndsWith(Assert.Single(world.Campaigns.Values, campaign => campaign.Spec.Name == name).Id, page.Url, StringComparison.Ordinal);
    }

    /// <summary>As after a restart of the portal, which takes the circuit with it.</summary>
    [Fact]
    public async Task Form_ReloadedAfterALostAnswer_LeadsToTheOneCampaign()
    {
        const string name = "lost answer, reloaded";
        var world = browser.Portal.Silo.World;
        await using var open = await LoseTheAnswerAsync(name);
        var page = open.Page;

        await Expect(page).ToHaveURLAsync(new Regex("[?&]id=[0-9a-z]{26}$"));
        await page.ReloadAsync();
        await Expect(page.Locator(".preview-head")).ToHaveTextAsync(new Regex("^2 of"));
        await page.ClickAsync("button.start");

        await Expect(page).ToHaveURLAsync(new Regex("/campaigns/[0-9a-z]{26}$"));
        Assert.EndsWith(Assert.Single(world.Campaigns.Values, campaign => campaign.Spec.Name == name).Id, page.Url, StringComparison.Ordinal);

        // Whoever goes back to the form wants another one.
        await page.GoBackAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/campaigns/new\\?"));
        Assert.DoesNotContain("id=0", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Form_AtTheNextLongPause_KeepsItselfInTheAddressAndShowsWhatIsWaitedFor()
    {
        await using var open = await browser.OpenAsync("/campaigns/new?services=checkout&kind=gc");
        var page = open.Page;
        await Expect(page.Locator(".preview-head")).ToHaveTextAsync(new Regex("^2 of"));

        await page.GetByLabel("Longer than, milliseconds").FillAsync("50");
        await Expect(page).ToHaveURLAsync(new Regex("pauseOver=50"));
        await Expect(page.GetByRole(AriaRole.Radio, new() { NameRegex = new Regex("^At the next pause") })).ToBeCheckedAsync();
        await Expect(page.Locator("aside")).ToContainTextAsync(new Regex("which wait at most .* for a pause, at most 1 at once per service"));
        await open.PictureAsync("campaign-pause");
        await page.ClickAsync("button.start");

        await Expect(page.Locator("dl.facts")).ToContainTextAsync("from the next pause over 50 ms on");
        await Expect(page.Locator(".targets")).ToContainTextAsync("armed, waiting for a pause over 50 ms");
        await page.Locator(".targets tbody a").First.ClickAsync();
        await Expect(page.Locator(".steps li.now")).ToContainTextAsync("Armed, waiting for a pause over 50 ms");
        await open.PictureAsync("capture-armed");
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Repeat_OfACampaignWithLimits_KeepsThem()
    {
        const string name = "limited";
        var world = browser.Portal.Silo.World;
        await using var open = await browser.OpenAsync($"/campaigns/new?services=search&kind=gc&name={name}&maxStall=300&maxBytes=64000000");
        var page = open.Page;
        await Expect(page.Locator(".preview-head")).ToHaveTextAsync(new Regex("^2 of"));
        await page.ClickAsync("button.start");
        await Expect(page.Locator("dl.facts")).ToContainTextAsync("300 ms stop for a heap snapshot at most, files of 64.0 MB at most");

        await page.GetByText("Repeat…").ClickAsync();
        await Expect(page.GetByLabel("Longest stop")).ToHaveValueAsync("300");
        await Expect(page.GetByLabel("Largest file")).ToHaveValueAsync("64");
        await page.ClickAsync("button.start");

        await Expect(page).ToHaveURLAsync(new Regex("/campaigns/[0-9a-z]{26}$"));
        var specs = world.Campaigns.Values.Select(campaign => campaign.Spec).Where(spec => spec.Name == name).ToArray();
        Assert.Equal(2, specs.Length);
        Assert.All(specs, spec => Assert.Equal("300 64000000", $"{spec.MaxStallMs} {spec.MaxBytes}"));
    }

    [Fact]
    public async Task Form_OfMoreInstancesThanAnAddressHolds_SaysThatTheOthersAreLeftOut()
    {
        var one = browser.Portal.Silo.World.Fleet.All().First(instance => instance.State == Contracts.Fleet.InstanceState.Running && instance.Service == "search");
        await using var open = await browser.OpenAsync($"/campaigns/new?kind=gc&instances={one.InstanceId}&named=250");

        await Expect(open.Page.Locator("form .fp-notice")).ToContainTextAsync("names 250 instances; an address holds these 1 of them");
    }

    [Fact]
    public async Task Form_WithMistakes_ShowsThemAtTheirFields()
    {
        await using var open = await browser.OpenAsync("/campaigns/new?services=no-such-service&seconds=900&cron=nonsense");
        var page = open.Page;

        await Expect(page.Locator("fieldset:has(legend:text-is('Who')) .field-problem").First).ToContainTextAsync("no-such-service");
        await Expect(page.Locator("fieldset:has(legend:text-is('What')) .field-problem")).ToHaveTextAsync("Choose 1 to 300 seconds.");
        await Expect(page.Locator("fieldset:has(legend:text-is('When'))")).ToContainTextAsync("This is no cron expression.");
        await page.GetByLabel("Labels", new() { Exact = true }).FillAsync("zone");
        await Expect(page.Locator("main")).ToContainTextAsync("Write labels as name=value");
        await open.PictureAsync("campaign-mistakes");
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Form_FromChosenInstances_DrawsOnlyFromThem()
    {
        var instances = browser.Portal.Silo.World.Fleet.All().Where(instance => instance.State == Contracts.Fleet.InstanceState.Running && instance.Service == "search").Take(3).ToArray();
        var query = string.Concat(instances.Select(instance => $"&instances={instance.InstanceId}"));
        await using var open = await browser.OpenAsync($"/campaigns/new?kind=gcdump{query}", ColorScheme.Dark);

        await Expect(open.Page.Locator(".preview-head")).ToContainTextAsync("3 of 3");
        await Expect(open.Page.GetByLabel("Heap snapshot")).ToBeCheckedAsync();
        await open.PictureAsync("campaign-instances-dark");
    }

    [Fact]
    public async Task Page_OfAFinishedCampaign_ShowsFailuresWithNextSteps()
    {
        var failed = browser.Portal.Silo.World.Campaigns["01k0000000000000000000part"].At(DateTimeOffset.UtcNow);
        var target = failed.Targets.First(target => target.Failure != Contracts.Captures.CaptureFailure.None);
        await using var open = await browser.OpenAsync($"/campaigns/{failed.CampaignId}", ColorScheme.Dark);

        await Expect(open.Page.Locator(".targets")).ToContainTextAsync(Contracts.Captures.CaptureFailureAdvice.NextStep(target.Failure));
        await open.PictureAsync("campaign-failures-dark");
        await open.Page.GetByRole(AriaRole.Link, new() { Name = "Open" }).First.ClickAsync();
        await Expect(open.Page).ToHaveURLAsync(new Regex("/captures/"));
    }

    [Fact]
    public async Task Page_OfASchedule_ShowsTheNextRun()
    {
        await using var open = await browser.OpenAsync("/campaigns/01k0000000000000000000cron");

        await Expect(open.Page.Locator("dl.facts")).ToContainTextAsync("Next run");
        await open.PictureAsync("campaign-schedule");
    }

    [Fact]
    public async Task Page_OfAnUnknownCampaign_SaysSo()
    {
        await using var open = await browser.OpenAsync("/campaigns/01knosuch");

        await Expect(open.Page.Locator("main")).ToContainTextAsync("There is no campaign 01knosuch");
    }

    /// <summary>The form, once it has been sent, and its campaign begun, without an answer.</summary>
    private async Task<BrowserPage> LoseTheAnswerAsync(string name)
    {
        browser.Portal.Silo.World.LostAnswers[name] = true;
        var open = await browser.OpenAsync($"/campaigns/new?services=search&kind=gc&name={Uri.EscapeDataString(name)}");
        await Expect(open.Page.Locator(".preview-head")).ToHaveTextAsync(new Regex("^2 of"));
        await open.Page.ClickAsync("button.start");
        await Expect(open.Page.Locator("main [role=alert]").First).ToContainTextAsync("The silo did not answer.");
        return open;
    }
}

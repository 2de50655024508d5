using FleetProf.Contracts.Access;
using FleetProf.Portal.Access;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Browser;

/// <summary>Every page as every role sees it: what it offers, the role may do. Over a fleet of its own, because it presses what it finds: once as a viewer, who may change nothing by it for the other roles.</summary>
[Collection<BrowserCollection>]
public sealed class PermissionWalkTests(BrowserFixture browser, OwnFleet fleet) : IClassFixture<OwnFleet>
{
    private const string Live = "01k0000000000000000000live";

    /// <summary>A service that runs, and of which nothing else is known; no text of the portal has this word by chance.</summary>
    private const string Foreign = "fraud-check";

    /// <summary>Page, an address of it, and what shows that its data has arrived.</summary>
    private static readonly (string Page, string Address, string Drawn)[] Pages =
    [
        ("/", "/", "tbody tr.fleet-row"),
        ("/services/{Service}", "/services/checkout", ".advice, .trend canvas"),
        ("/services/{Service}/gc", "/services/checkout/gc?instance=no-such&number=1&at=2026-01-01T00:00:00Z", ".fp-empty"),
        ("/pauses", "/pauses", ".causes .cause-bar"),
        ("/campaigns", "/campaigns", "tbody tr"),
        ("/campaigns/new", "/campaigns/new?services=checkout&kind=trace", "button.start"),
        ("/campaigns/{CampaignId}", $"/campaigns/{Live}", ".targets tbody tr"),
        ("/campaigns/{CampaignId}", "/campaigns/01k0000000000000000000cron", ".fp-actions"),
        ("/campaigns/{CampaignId}/fleet", "/campaigns/01k0000000000000000000done/fleet", ".fp-actions"),
        ("/captures", "/captures", "tbody tr"),
        ("/captures/{CaptureId}", "/captures/01k0000000000000000000done-0003?tab=downloads", "table.fp-table td"),
        ("/captures/storage", "/captures/storage", "h1"),
        ("/allocations/dual", "/allocations/dual", ".dual-dot"),
        ("/heaps/diff", "/heaps/diff?service=no-such", ".fp-empty"),
        ("/heaps/growth", "/heaps/growth?service=checkout", ".growth tbody tr"),
        ("/profiles/diff", "/profiles/diff", ".fp-empty"),
        ("/compare", "/compare?service=checkout", ".compare-presets button"),
        ("/comparisons", "/comparisons", ".comparisons tbody tr"),
        ("/comparisons/{ComparisonId}", "/comparisons/cmp-checkout-110", ".interval"),
        ("/agents", "/agents", ".agents tbody tr"),
        ("/audit", "/audit", ".audit tbody tr"),
        ("/people", "/people", ".people tbody tr"),
    ];

    private readonly FakeSilo silo = fleet.Silo;
    private readonly PortalUnderTest portal = fleet.Portal;

    [Fact]
    public void Pages_AllOfThem_AreWalked() => Assert.Equal(
        Endpoints().Select(PathOf).Distinct().Order(),
        Pages.Select(page => page.Page).Distinct().Order());

    [Theory]
    [InlineData("fpp_viewer")]
    [InlineData("fpp_operator")]
    [InlineData("fpp_limited-admin")]
    [InlineData(FakeAccess.ReusableCode)]
    public async Task Page_OfEveryKind_OffersNothingThatTheRoleMayNotDo(string code)
    {
        var grants = FakeAccess.RoleTokens.GetValueOrDefault(code, Grants.Everything);
        silo.World.LoginCodes[code] = true;

        // It would be over before the last role comes to it, and what stops it could not be looked at any more.
        silo.World.Campaigns[Live] = new FakeWorld(TimeProvider.System).Campaigns[Live];
        await using var open = await browser.OpenAsync("/", portalUrl: portal.Url, code: code);
        var seen = new HashSet<Permission>();
        foreach (var (_, address, drawn) in Pages.Where(page => NeedsOf(page.Page).All(grants.Allows)))
        {
            await open.GoToAsync(address);
            // What belongs to other services is unknown to those who are limited; one that an address names is refused, as is what is about all of them.
            await Expect(open.Page.Locator(grants.CoversAll ? $"{drawn}, main .fp-empty" : $"{drawn}, main .fp-empty, main .fp-problem").First).ToBeAttachedAsync();
            Assert.True(grants.CoversAll || !(await open.Page.ContentAsync()).Contains(Foreign, StringComparison.Ordinal), $"{address} tells {code} of {Foreign}.");
            await Expect(open.Page.GetByRole(AriaRole.Heading, new() { Name = "This page failed" })).ToHaveCountAsync(0);
            foreach (var action in await open.Page.EvaluateAsync<Offer[]>(
                "() => [...document.querySelectorAll('main [data-needs]')].map(e => ({ needs: e.dataset.needs, isOpen: !e.disabled && e.ariaDisabled !== 'true', title: e.title, text: e.textContent }))"))
            {
                var needs = Enum.Parse<Permission>(action.Needs);
                seen.Add(needs);
                Assert.True(!action.IsOpen || grants.Allows(needs), $"{address} offers '{action.Text}' to {code}.");
                Assert.True(grants.Allows(needs) || action.Title.Contains($"the role {Grants.LeastRole(needs)}", StringComparison.OrdinalIgnoreCase), $"{address} does not say who may '{action.Text}'.");
            }

            if (code == "fpp_viewer")
            {
                // Whatever is left to press, in the order of the page; many of them lead elsewhere or change it.
                await open.Page.EvaluateAsync("() => { for (const button of document.querySelectorAll('main button:not([disabled])')) if (button.isConnected) button.click(); }");
            }
        }

        await open.GoToAsync("/");
        await Expect(open.Page.Locator("tbody tr.fleet-row").First).ToBeVisibleAsync();
        Assert.Empty(silo.World.Forbidden);
        Assert.Superset(
            (HashSet<Permission>)[Permission.CaptureTrace, Permission.CaptureGcdump, Permission.DownloadRaw, Permission.EditPolicy, Permission.KillSwitch], seen);
        // Agents are of no service: those who are limited are not shown any.
        Assert.Equal(grants.CoversAll, seen.Contains(Permission.ApproveAgents));
        Assert.Equal(grants.Allows(Permission.ManageAccess), seen.Contains(Permission.ManageAccess));
    }

    private IEnumerable<RouteEndpoint> Endpoints() => portal.App.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is { Type.Name: not "NotFoundPage" });

    private IEnumerable<Permission> NeedsOf(string page) => Endpoints().Single(endpoint => PathOf(endpoint) == page).Metadata.GetOrderedMetadata<NeedsAttribute>().Select(needs => needs.Permission);

    private static string PathOf(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.Trim('/');

    private sealed record Offer
    {
        public string Needs { get; init; } = "";

        public bool IsOpen { get; init; }

        public string Title { get; init; } = "";

        public string Text { get; init; } = "";
    }
}

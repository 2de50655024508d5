using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Browser;

/// <summary>What must hold for every page: no complaint of the browser, little over the circuit, one heading in one main.</summary>
[Collection<BrowserCollection>]
public sealed class RouteTests(RouteProfile profile) : IClassFixture<RouteProfile>
{
    private const long MostCircuitBytes = 300_000;

    /// <summary>Address, and what shows that its data has arrived.</summary>
    public static TheoryData<string, string> Routes() => new()
    {
        { "/", "tbody tr.fleet-row" },
        { "/?group=service&sort=pauseP99&order=desc&open=reports", "tbody tr.fleet-group" },
        { "/services/checkout", ".trend canvas" },
        { "/services/orders?range=6h&each=instance", ".trend canvas" },
        { "/services/reports?pauses=generation&range=24h", ".trend canvas" },
        { "/services/checkout?range=24h", ".causes .cause-bar" },
        { "/services/checkout/gc?instance=no-such&number=1&at=2026-01-01T00:00:00Z", ".fp-empty" },
        { "/pauses", ".causes .cause-bar" },
        { "/compare?service=checkout", ".compare-presets button" },
        { "/comparisons", ".comparisons tbody tr" },
        { "/agents", ".agents tbody tr" },
        { "/captures/storage", ".storage-next tbody tr" },
        { "/audit", ".audit tbody tr" },
        { "/audit?actor=nobody", ".fp-empty" },
        { "/people", ".people tbody tr" },
        { "/comparisons/cmp-checkout-110", ".interval" },
        { "/comparisons/cmp-orders-421", ".verdict-card" },
        { "/profiles/diff", ".fp-empty" },
        { "/allocations/dual", ".dual-dot" },
        { "/heaps/diff", ".heap-changes li" },
        { "/heaps/diff?service=no-such", ".fp-empty" },
        { "/heaps/growth", ".fp-select" },
        { "/heaps/growth?service=checkout", ".growth tbody tr" },
        { "/heaps/growth?service=checkout&range=no-such", ".growth tbody tr" },
        { "/comparisons/no-such", ".fp-empty" },
        { "/services/no-such-service", ".fp-empty" },
        { "/?q=nothing-has-this-name", ".fp-empty" },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Route_Opened_IsQuietAndSmall(string path, string drawn)
    {
        await using var open = await profile.OpenAsync(path);
        var before = 0L;
        foreach (var (theme, width) in new[] { (ColorScheme.Light, 1400), (ColorScheme.Dark, 1400), (ColorScheme.Light, 480) })
        {
            await open.Page.EmulateMediaAsync(new() { ColorScheme = theme });
            await open.Page.SetViewportSizeAsync(width, open.Page.ViewportSize!.Height);
            await Expect(open.Page.Locator(drawn).First).ToBeVisibleAsync();
            await Expect(open.Page.Locator("[data-fp=theme-name]")).ToHaveTextAsync("Auto");
            await open.PictureAsync($"{NameOf(path)} {theme} {width}");

            await Expect(open.Page.Locator("main")).ToHaveCountAsync(1);
            await Expect(open.Page.Locator("main h1")).ToHaveCountAsync(1);
            // The script asks for the data of an address at once, before anybody knows that there is no such service.
            var complaints = open.Complaints.Where(complaint => !complaint.Contains("/api/v1/services/no-such-service/", StringComparison.Ordinal)).ToList();
            Assert.True(complaints.Count == 0, $"{theme} {width}: {string.Join('\n', complaints)}");
            var bytes = open.CircuitBytes - before;
            before += bytes;
            Assert.True(before > 0 && bytes < MostCircuitBytes, $"{path} received {bytes} bytes over its circuit.");
            TestContext.Current.TestOutputHelper?.WriteLine($"{path} {theme} {width}: {bytes} bytes over the circuit");
        }
    }

    private static string NameOf(string path) => path == "/" ? "fleet" : string.Concat(path.Trim('/', '?').Select(letter => char.IsLetterOrDigit(letter) ? letter : '_'));
}

using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;
using Microsoft.Playwright;

namespace FleetProf.Portal.Tests.Browser;

/// <summary>One Chromium for all tests of pages: the system's, or the one that FLEETPROF_CHROMIUM names.</summary>
public sealed class BrowserFixture(PortalFixture portal) : IAsyncLifetime
{
    private const float Patience = 60_000;

    private static readonly string[] Flags =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal PortalFixture Portal => portal;

    public async ValueTask InitializeAsync()
    {
        // Two cores carry the browser, the portal and other tests; what never comes is still found.
        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Executable(), Args = Flags });
    }

    /// <summary>A logged-in page in a browser profile of its own, 1400 by 900.</summary>
    internal async Task<BrowserPage> OpenAsync(string path, ColorScheme theme = ColorScheme.Light, int width = 1400, string? portalUrl = null, string code = FakeAccess.ReusableCode)
    {
        var page = await BrowserPage.CreateAsync(await LogInAsync(theme, width, portalUrl, code));
        await page.GoToAsync(path);
        return page;
    }

    /// <summary>A browser profile of its own, logged in, without a page.</summary>
    internal async Task<IBrowserContext> LogInAsync(ColorScheme theme = ColorScheme.Light, int width = 1400, string? portalUrl = null, string code = FakeAccess.ReusableCode)
    {
        var context = await StrangerAsync(theme, width, portalUrl);
        await context.APIRequest.GetAsync($"/login?t={code}");
        return context;
    }

    /// <summary>The same, logged in nowhere.</summary>
    internal async Task<IBrowserContext> StrangerAsync(ColorScheme theme = ColorScheme.Light, int width = 1400, string? portalUrl = null)
    {
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = portalUrl ?? portal.Portal.Url, ColorScheme = theme, ViewportSize = new() { Width = width, Height = 900 }, Locale = "en-GB", TimezoneId = "UTC",
        });
        context.SetDefaultTimeout(Patience);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    private static string Executable()
    {
        string?[] candidates = [Environment.GetEnvironmentVariable("FLEETPROF_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
        return candidates.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("The tests of pages need Chromium. Install it, for example `apt-get install chromium`, or name it in FLEETPROF_CHROMIUM.");
    }
}

using Microsoft.Playwright;

namespace FleetProf.Portal.Tests.Browser;

/// <summary>
/// One browser profile, logged in, for all pages of <see cref="RouteTests"/>: scripts are fetched and compiled once, as for a person who goes from page to
/// page. Nothing that the pages keep in it is changed there.
/// </summary>
public sealed class RouteProfile(BrowserFixture browser) : IAsyncLifetime
{
    private IBrowserContext? _context;

    public async ValueTask InitializeAsync() => _context = await browser.LogInAsync();

    /// <summary>In a tab of its own, 1400 by 900.</summary>
    internal async Task<BrowserPage> OpenAsync(string path)
    {
        var page = await BrowserPage.CreateAsync(_context!, isAlone: false);
        await page.GoToAsync(path);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (_context is not null)
        {
            await _context.DisposeAsync();
        }
    }
}

using Microsoft.Playwright;

namespace FleetProf.EndToEnd.Tests.Browser;

/// <summary>The system's Chromium, or the one that FLEETPROF_CHROMIUM names.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const float Patience = 60_000;

    private static readonly string[] Flags =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static async Task<Chromium> LaunchAsync()
    {
        // A whole installation shares two cores with the browser; what never comes is still found.
        Assertions.SetDefaultExpectTimeout(Patience);
        var playwright = await Playwright.CreateAsync();
        return new(playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("FLEETPROF_CHROMIUM") ?? "/usr/bin/chromium", Args = Flags,
        }));
    }

    /// <summary>An empty page of a browser profile of its own.</summary>
    public async Task<IPage> OpenAsync(string url)
    {
        var context = await _browser.NewContextAsync(new() { BaseURL = url, ViewportSize = new() { Width = 1400, Height = 900 }, Locale = "en-GB", TimezoneId = "UTC" });
        context.SetDefaultTimeout(Patience);
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}

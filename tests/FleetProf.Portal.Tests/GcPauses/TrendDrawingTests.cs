using System.Globalization;
using FleetProf.Portal.Tests.Browser;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.GcPauses;

/// <summary>How long a trend of many points takes; what it prints is a measurement, see docs/measurements.md.</summary>
[Collection<BrowserCollection>]
public sealed class TrendDrawingTests(BrowserFixture browser, ITestOutputHelper output)
{
    /// <summary>Every window of ten seconds of eight instances over 36 hours, opened by its address.</summary>
    [Fact]
    public async Task Trend_OfAHundredThousandPoints_IsDrawnFromItsAddress()
    {
        const string wanted = "?each=instance&points=every&from=2026-01-01T00:00:00Z&to=2026-01-02T12:00:00Z";
        await using var open = await browser.OpenAsync($"/services/checkout{wanted}");
        var page = open.Page;
        for (var run = 0; run < 5; run++)
        {
            await page.GotoAsync($"/services/checkout{wanted}");
            await Expect(page.Locator(".trends[data-painted]")).ToBeVisibleAsync(new() { Timeout = 60_000 });
            var points = int.Parse((await page.GetAttributeAsync(".trends", "data-painted"))!, CultureInfo.InvariantCulture);
            var figures = await page.EvaluateAsync<double[]>(
                """
                () => {
                  const asked = performance.getEntriesByType("resource").find((entry) => entry.name.includes("/trend/columns"));
                  const painted = performance.getEntriesByName("trend-data-to-painted")[0];
                  const at = (name) => performance.getEntriesByName(name).at(-1).startTime - painted.startTime;
                  return [painted.duration, painted.startTime + painted.duration - asked.responseStart, asked.responseStart - asked.startTime, asked.encodedBodySize, at("trend-ready"), at("trend-drawn")];
                }
                """);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{points} points in six charts: {figures[0]:0} ms from data to painted (read after {figures[4]:0}, handed to the charts after {figures[5]:0}), {figures[1]:0} ms from the first byte of the answer ({figures[3] / 1e6:0.0} MB), which took the made-up fleet {figures[2]:0} ms"));
            Assert.Equal(103_680, points);
        }

        await Expect(page.Locator(".trend .u-over")).ToHaveCountAsync(6);
        Assert.Empty(open.Complaints);
        await open.PictureAsync("trend-100k");
    }
}

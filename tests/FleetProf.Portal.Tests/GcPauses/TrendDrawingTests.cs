using System.Globalization;
using FleetProf.Portal.Tests.Browser;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.GcPauses;

/// <summary>How long a trend of many points takes, which it prints (see docs/measurements.md), and that all of them are in the picture.</summary>
[Collection<BrowserCollection>]
public sealed class TrendDrawingTests(BrowserFixture browser, ITestOutputHelper output)
{
    private const string Wanted = "/services/checkout?each=instance&points=every&from=2026-01-01T00:00:00Z&to=2026-01-02T12:00:00Z";

    /// <summary>Every window of ten seconds of eight instances over 36 hours, opened by its address.</summary>
    [Fact]
    public async Task Trend_OfAHundredThousandPoints_IsDrawnFromItsAddress()
    {
        // FLEETPROF_PORTAL names a made-up fleet in a process of its own (serve-fake), for figures that the test's own work is not part of.
        var measured = Environment.GetEnvironmentVariable("FLEETPROF_PORTAL");
        await using var open = await browser.OpenAsync(Wanted, portalUrl: measured);
        var page = open.Page;
        var runs = new List<double>();
        // Two openings are enough to see that the second one asks again and draws the same; figures are medians of nine.
        for (var run = 0; run < (measured is null ? 2 : 9); run++)
        {
            await page.GotoAsync(Wanted);
            await Expect(page.Locator("main .trends[data-painted]")).ToBeVisibleAsync(new() { Timeout = 60_000 });
            var points = int.Parse((await page.GetAttributeAsync(".trends", "data-painted"))!, CultureInfo.InvariantCulture);
            var figures = await page.EvaluateAsync<double[]>(
                """
                () => {
                  const asked = performance.getEntriesByType("resource").filter((entry) => entry.name.includes("/trend/packed"));
                  const painted = performance.getEntriesByName("trend-data-to-painted")[0];
                  const at = (name) => performance.getEntriesByName(name).at(-1).startTime;
                  return [painted.startTime + painted.duration, performance.getEntriesByType("navigation")[0].responseStart, asked[0].responseStart, asked[0].responseEnd, asked[0].encodedBodySize, at("trend-drawn"), at("trend-settled"), asked.length];
                }
                """);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{points} points in six charts: {figures[0]:0} ms from the address to painted; first byte of the page {figures[1]:0}, of the points {figures[2]:0}, last one {figures[3]:0} ({figures[4] / 1e6:0.0} MB), drawn {figures[5]:0}, page's place there {figures[6]:0}"));
            runs.Add(figures[0]);
            Assert.Equal((103_680, 1), (points, (int)figures[7]));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median {runs.Order().ElementAt(runs.Count / 2):0} ms"));
        await Expect(page.Locator(".trend .u-over")).ToHaveCountAsync(6);
        Assert.Empty(open.Complaints);
        await open.PictureAsync("trend-100k");
    }

    /// <summary>Against uPlot's own lines: pixel by pixel the same picture, where points are missing too.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.002)]
    public async Task DenseLines_OfThousandsOfPoints_AreThePictureThatUPlotDraws(double missing)
    {
        await using var open = await browser.OpenAsync("/services/checkout");
        await Expect(open.Page.Locator("main .trends[data-painted]")).ToBeVisibleAsync();

        var differing = await open.Page.EvaluateAsync<int[]>(
            """
            async (missing) => {
              const { densePath } = await import("/gcpauses/trend-dense.js");
              let seed = 7;
              const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
              const count = 12_960;
              const at = Uint32Array.from({ length: count }, (_, i) => 1_767_225_600 + i * 10);
              const lines = [0, 1, 2].map((line) => Float32Array.from(at, (_, i) => random() < missing ? NaN : 20 + 15 * Math.sin(i / 900 + line) + 40 * random() ** 8));
              const picture = async (paths) => {
                const series = lines.map((line, i) => ({ stroke: ["#1f77b4", "#d62728", "#2ca02c"][i], width: 1, points: { show: false }, paths }));
                const columns = [at, ...lines.map((line) => paths ? line : Array.from(line, (value) => Number.isNaN(value) ? null : value))];
                const host = document.body.appendChild(document.createElement("div"));
                const plot = new uPlot({ width: 613, height: 240, legend: { show: false }, cursor: { show: false }, scales: { x: { time: true }, y: { auto: false, range: [0, 80] } }, series: [{}, ...series] }, columns, host);
                await new Promise((done) => requestAnimationFrame(done));
                const { width, height } = plot.ctx.canvas;
                const { data } = plot.ctx.getImageData(0, 0, width, height);
                plot.destroy();
                host.remove();
                return data;
              };
              const [own, theirs] = [await picture(densePath), await picture(undefined)];
              let [different, drawn] = [0, 0];
              for (let i = 0; i < own.length; i += 4) {
                if (theirs[i + 3] > 0) drawn++;
                if ([0, 1, 2, 3].some((part) => own[i + part] !== theirs[i + part])) different++;
              }
              return [own.length === theirs.length ? different : -1, drawn];
            }
            """,
            missing);

        Assert.InRange(differing[1], 10_000, int.MaxValue);
        Assert.Equal(0, differing[0]);
    }
}

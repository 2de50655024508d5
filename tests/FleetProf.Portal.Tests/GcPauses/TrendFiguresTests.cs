using FleetProf.Portal.Tests.Browser;

namespace FleetProf.Portal.Tests.GcPauses;

/// <summary>What charts and table make of steps that nobody watched, and of the newest one, which is not over.</summary>
[Collection<BrowserCollection>]
public sealed class TrendFiguresTests(BrowserFixture browser)
{
    /// <summary>Three steps of half an hour: watched with a GC a second, not watched, and begun two minutes ago with a GC a second.</summary>
    private const string Points = """
        const now = 1_767_225_720_000;
        const list = kind === "dense" ? (values) => Float32Array.from(values) : (values) => values;
        const at = [now / 1000 - 3720, now / 1000 - 1920, now / 1000 - 120];
        const counts = list([1800, 0, 120]);
        const ones = ["maxPauseMs", "pauseP99Ms", "pauseP95Ms", "pauseP50Ms", "heapBytes", "gen2Bytes", "lohBytes", "pohBytes", "gen1Bytes", "gen0Bytes"].map((name) => [name, list([1, 1, 1])]);
        const columns = {
          ...Object.fromEntries(ones), observedFraction: list([1, 0, 1]), timeInGcPercent: list([5, 0, 5]), allocatedBytesPerSecond: list([2e6, 0, 2e6]),
          gcCount: counts, gen0Count: counts, gen1Count: list([0, 0, 0]), gen2Count: list([0, 0, 0]),
        };
        const series = [{ instance: "one", at, columns }];
        const options = { isPerInstance: kind !== "merged", instance: null, isByGeneration: false };
        """;

    private const string Charts = $$"""
        async (kind) => {
          {{Points}}
          const { loadUPlot, makePlots } = await import("/gcpauses/trend-plots.js");
          await loadUPlot();
          const data = {
            series, stepSeconds: 1800, now, range: { from: now - 3_720_000, to: now }, markers: () => ({ deploys: [], captures: [] }), isDense: kind === "dense",
            most: Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, Math.max(...column)])),
          };
          const plots = [...makePlots(document.body.appendChild(document.createElement("div")), data, options, { brush() {}, reset() {} })];
          const text = (value) => (value == null || Number.isNaN(value) ? "–" : String(Math.round(value)));
          return [1, 3, 4].map((chart) => Array.from(plots[chart].data.at(-1), text).join(" "));
        }
        """;

    /// <summary>The newest point is of midnight: what stands under a chart is its time.</summary>
    private const string Time = $$"""
        async (minutes) => {
          const kind = "merged";
          {{Points}}
          const { loadUPlot, makePlots } = await import("/gcpauses/trend-plots.js");
          await loadUPlot();
          const data = { series, stepSeconds: 1800, now, range: { from: now - minutes * 60_000, to: now }, markers: () => ({ deploys: [], captures: [] }) };
          const [plot] = [...makePlots(document.body.appendChild(document.createElement("div")), data, options, { brush() {}, reset() {} })];
          await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
          return plot.root.querySelector(".u-legend .u-value").textContent;
        }
        """;

    private const string Table = $$"""
        async (kind) => {
          {{Points}}
          const { showTable } = await import("/gcpauses/trend-table.js");
          const place = document.createElement("div");
          showTable(place, series, options);
          const heads = [...place.querySelectorAll("th")].map((head) => head.textContent);
          const { cells } = place.querySelectorAll("tbody tr")[1];
          return ["Watched %", "GCs", "GC %", "Alloc MB/s"].map((title) => cells[heads.indexOf(title)].textContent);
        }
        """;

    /// <summary>Dense charts have their lines in the unit of the figures: what the step that is not over counts is as of a whole one.</summary>
    [Theory]
    [InlineData("merged", "5 – 5", "2 – 2", "60 – 60")]
    [InlineData("each", "5 – 5", "2 – 2", "60 – 60")]
    [InlineData("dense", "5 – 5", "2000000 – 2000000", "1800 – 1800")]
    public async Task Charts_OfAnUnwatchedStepAndOneNotOver_ShowNothingAndTheRateSoFar(string kind, string timeInGc, string allocated, string counts)
    {
        await using var open = await browser.OpenAsync("/services/checkout");

        Assert.Equal([timeInGc, allocated, counts], await open.Page.EvaluateAsync<string[]>(Charts, kind));
    }

    [Theory]
    [InlineData(62, "2026-01-01 00:00:00")]
    [InlineData(2, "00:00:00")]
    public async Task Charts_OfSeveralDays_TellTheDayOfWhatIsUnderThePointer(int minutes, string expected)
    {
        await using var open = await browser.OpenAsync("/services/checkout");

        Assert.Equal(expected, await open.Page.EvaluateAsync<string>(Time, minutes));
    }

    [Theory]
    [InlineData("merged")]
    [InlineData("each")]
    public async Task Table_OfAnUnwatchedStep_HasNoFigures(string kind)
    {
        await using var open = await browser.OpenAsync("/services/checkout");

        Assert.Equal(["0", "–", "–", "–"], await open.Page.EvaluateAsync<string[]>(Table, kind));
    }
}

using System.Globalization;
using FleetProf.Analysis.GcPauses.PauseCycle;
using FleetProf.Benchmarks.GcPauses.Truth;
using FleetProf.TestKit.GcPauses;
using FleetProf.TestKit.Processes;

namespace FleetProf.Benchmarks.GcPauses.Model;

/// <summary>
/// The pause-cycle model against real processes. The same load runs under several gen0 budgets; each of them is left out in turn and foretold from
/// the others, then from each of the others alone. What the model withholds is counted beside what it says.
/// </summary>
internal sealed class PauseModelFigures(int gcsPerSetting)
{
    private const double MegabytesPerSecond = 300;

    /// <summary>Orders for each second that the paced loads run; one thread serves them in about a quarter of it, and each leaves some 7 kB of garbage.</summary>
    private const double OrdersPerSecond = 30_000;

    private const double LeastSeconds = 5;
    private const double WarmUpSeconds = 1.5;
    private const long Mebibyte = 1 << 20;

    private static readonly long[] Budgets = [2, 4, 8, 16, 32, 64];

    private static readonly (string Name, string Concurrent, Func<double, string> Work)[] Loads =
    [
        ("requests of 2 ms at 300 MB/s", "1", seconds => Requests(seconds, 2)),
        ("requests of 20 ms at 300 MB/s", "1", seconds => Requests(seconds, 20)),
        ("requests of 100 ms at 300 MB/s", "1", seconds => Requests(seconds, 100)),
        ("requests of 20 ms at 300 MB/s, concurrent GC off", "0", seconds => Requests(seconds, 20)),
        ("orders as fast as one thread can", "1", Orders),
    ];

    public async Task RunAsync()
    {
        var (others, alone) = (new ModelScore(), new ModelScore());
        foreach (var (name, concurrent, work) in Loads)
        {
            Print.Line($"{name}:");
            var series = new List<CycleSeries>();
            foreach (var budget in Budgets) series.Add(await RunAsync(budget, concurrent, work));
            for (var i = 0; i < series.Count; i++)
            {
                List<CycleSeries> rest = [.. series.Where((_, j) => j != i)];
                Print.Line($"    {Budgets[i],3} MiB left out: {others.Add(series[i], PauseCycleModel.Fit(rest).Predict(series[i].Setting, new Random(1)))}");
                foreach (var one in rest) alone.Add(series[i], PauseCycleModel.Fit([one]).Predict(series[i].Setting, new Random(1)));
            }
        }

        others.Print("from all other budgets");
        alone.Print("from one other budget alone");
        Print.Line($"load of the host {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
    }

    private async Task<CycleSeries> RunAsync(long megabytes, string concurrent, Func<double, string> work)
    {
        var bytes = megabytes * Mebibyte;
        await using var probe = await GcProbeProcess.StartAsync(("DOTNET_gcServer", "0"), ("DOTNET_gcConcurrent", concurrent), ("DOTNET_GCgen0size", bytes.ToString("X", CultureInfo.InvariantCulture)));
        await probe.AskAsync(work(WarmUpSeconds));
        var recording = await RecordedProbe.RecordAsync(probe, work(Math.Max(LeastSeconds, gcsPerSetting * bytes / 1e6 / MegabytesPerSecond)));
        var collection = PauseCollection.Read(recording.Trace, largestPiece: 100_000);
        var cycles = YoungCycles.Of(collection.Gcs, collection.Clock!.TicksPerSecond);
        Print.Line($"    {megabytes,3} MiB set: {cycles.Count} young GCs, {cycles.Average(cycle => cycle.AllocatedBytes) / 1e6:0.0} MB and {cycles.Average(cycle => cycle.IntervalMs):0.0} ms between two, pause p50 {Median(cycles.Select(cycle => cycle.PauseMs)):0.00} ms, promoted p50 {Median(cycles.Select(cycle => cycle.PromotedBytes)) / 1e6:0.00} MB");
        return new CycleSeries(new CycleSetting { Gen0BudgetBytes = bytes, IsConcurrent = concurrent == "1" }, cycles);
    }

    private static string Requests(double seconds, int requestMs) => string.Create(CultureInfo.InvariantCulture, $"requests {seconds:0.0} {MegabytesPerSecond} {requestMs}");

    private static string Orders(double seconds) => string.Create(CultureInfo.InvariantCulture, $"serve {seconds * OrdersPerSecond:0} 1");

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}

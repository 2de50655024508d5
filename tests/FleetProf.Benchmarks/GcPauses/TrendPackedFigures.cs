extern alias silo;

using System.Diagnostics;
using System.Globalization;
using FleetProf.Contracts.GcPauses;
using silo::FleetProf.AgentProtocol;

namespace FleetProf.Benchmarks.GcPauses;

/// <summary>How long the silo takes for a trend of a hundred thousand points: every window of ten seconds of eight instances over 36 hours, with the figures that the portal draws.</summary>
internal static class TrendPackedFigures
{
    private const int Instances = 8;
    private const int Hours = 36;
    private const int Runs = 9;
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Fields = ["observedFraction", "gcCount", "gen2Count", "missedGcCount", "pauseP99Ms", "timeInGcPercent", "heapBytes", "allocatedBytesPerSecond"];

    public static async Task RunAsync()
    {
        await using var rig = await TrendStoreRig.StartAsync(Start, server: null);
        rig.Show("agent", Enumerable.Range(0, Instances).Select(number => ($"one-{number}", "one", "1.0")));
        var vitals = new SimulatedVitals(1);
        for (var part = 0; part < Hours * 6; part++)
        {
            var at = rig.Clock.Now.ToUnixTimeMilliseconds();
            await rig.Intake.AcceptAsync("agent", new VitalsBatch { Sequence = 1, Windows = { Enumerable.Range(0, Instances * 60).Select(i => vitals.Next($"one-{i % Instances}", at + i / Instances * 10_000)) } });
            rig.Clock.Now += TimeSpan.FromMinutes(10);
        }

        rig.Clock.Now += TimeSpan.FromSeconds(15);
        var rolling = Stopwatch.GetTimestamp();
        await rig.Roller.RollAsync();
        var rolled = Stopwatch.GetElapsedTime(rolling);
        var hours = await rig.DescribeHoursAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"rolled up and packed in {rolled.TotalMilliseconds:0} ms; {hours}"));
        var query = new TrendQuery { Service = "one", From = Start, To = rig.Clock.Now, StepSeconds = 10, PerInstance = true };
        var (times, cpu) = (new List<double>(), Process.GetCurrentProcess().TotalProcessorTime);
        var points = 0;
        for (var run = 0; run < Runs; run++)
        {
            var at = Stopwatch.GetTimestamp();
            points = (await rig.Queries.GetPackedAsync(query, Fields, Instances)).Series.Sum(series => series.Count);
            times.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        }

        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        var first = times[0];
        times.Sort();
        var megabytes = await rig.DatabaseMegabytesAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{points} points of {Fields.Length} figures: median {times[Runs / 2]:0} ms, slowest {times[^1]:0} ms, first {first:0} ms; CPU of a run {cpu.TotalMilliseconds / Runs:0} ms on average; database {megabytes:0} MB"));
    }
}

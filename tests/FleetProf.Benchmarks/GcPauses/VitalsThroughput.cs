using System.Diagnostics;
using System.Globalization;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.AgentProtocol;
using FleetProf.TestKit.Processes;

namespace FleetProf.Benchmarks.GcPauses;

/// <summary>
/// The same work of one allocating process with and without a GC session on it, in pairs whose order is drawn: the ratio of
/// each pair, then the median of the ratios, so that slow drifts of the machine cancel out.
/// </summary>
internal sealed class VitalsThroughput(int rounds, int seed)
{
    private const string Id = "probe";
    private const int MegabytesPerRun = 4_000;

    public async Task RunAsync()
    {
        await using var probe = await GcProbeProcess.StartAsync();
        using var process = Process.GetProcessById(probe.Pid);
        var collector = new VitalsCollector(new NoOutput(), TimeProvider.System, new Random(seed));
        using var ending = new CancellationTokenSource();
        var collecting = collector.RunAsync(ending.Token);
        var endpoint = new DiagnosticEndpoint(probe.Pid, probe.SocketPath);
        var order = new Random(seed);
        var (wall, cpu) = (new List<double>(), new List<double>());
        await WorkAsync(probe, process);
        for (var round = 0; round < rounds; round++)
        {
            Reading on = default, off = default;
            foreach (var isOn in order.Next(2) == 0 ? (bool[])[true, false] : [false, true])
            {
                if (isOn)
                {
                    collector.Watch(new WatchedInstance(Id, endpoint));
                    await TargetSessions.UntilAsync(probe.Pid, isWatched: true);
                    on = await WorkAsync(probe, process);
                    await collector.UnwatchAsync(Id);
                    await TargetSessions.UntilAsync(probe.Pid, isWatched: false);
                }
                else
                {
                    off = await WorkAsync(probe, process);
                }
            }

            wall.Add(off.WallSeconds / on.WallSeconds);
            cpu.Add(off.CpuSeconds / on.CpuSeconds);
        }

        await ending.CancelAsync();
        await collecting;
        Print("throughput with vitals on / off, wall", wall);
        Print("throughput with vitals on / off, CPU of the target", cpu);
    }

    private static async Task<Reading> WorkAsync(GcProbeProcess probe, Process process)
    {
        process.Refresh();
        var (cpu, started) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        await probe.AskAsync(string.Create(CultureInfo.InvariantCulture, $"churn {MegabytesPerRun}"));
        var wall = Stopwatch.GetElapsedTime(started);
        process.Refresh();
        return new Reading(wall.TotalSeconds, (process.TotalProcessorTime - cpu).TotalSeconds);
    }

    private static void Print(string what, List<double> ratios)
    {
        ratios.Sort();
        double At(double quantile) => ratios[(int)(quantile * (ratios.Count - 1))];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: median {At(0.5):0.0000}, quartiles {At(0.25):0.0000} to {At(0.75):0.0000}, {ratios.Count} pairs of {MegabytesPerRun} MB"));
    }

    private readonly record struct Reading(double WallSeconds, double CpuSeconds);

    private sealed class NoOutput : IVitalsOutput
    {
        public void OnWindows(IReadOnlyList<VitalsWindow> windows)
        {
        }

        public void OnPreviews(IReadOnlyList<VitalsWindow> previews)
        {
        }

        public void OnProblem(string instanceId, InstanceProblem problem, string detail)
        {
        }
    }
}

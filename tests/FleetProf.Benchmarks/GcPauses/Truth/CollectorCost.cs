using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.AgentProtocol;
using FleetProf.TestKit.Processes;

namespace FleetProf.Benchmarks.GcPauses.Truth;

/// <summary>CPU that the agent's collector spends on a process it watches, from the socket to the windows that it would send.</summary>
internal sealed class CollectorCost : IVitalsOutput
{
    private const int WarmUps = 4;
    private long gcs;

    /// <summary>Does the work <paramref name="times"/> times, after some without counting.</summary>
    public static async Task<(double CpuSeconds, long Gcs)> MeasureAsync(string work, int times)
    {
        await using var probe = await GcProbeProcess.StartAsync();
        var output = new CollectorCost();
        var collector = new VitalsCollector(output, TimeProvider.System, new Random(1));
        using var ending = new CancellationTokenSource();
        var collecting = collector.RunAsync(ending.Token);
        collector.Watch(new WatchedInstance("probe", new DiagnosticEndpoint(probe.Pid, probe.SocketPath)));
        await TargetSessions.UntilAsync(probe.Pid, isWatched: true);
        for (var i = 0; i < WarmUps; i++) await probe.AskAsync(work);
        var before = (Cpu: Environment.CpuUsage.TotalTime, Gcs: (await probe.GetCollectionCountsAsync())[0]);
        for (var i = 0; i < times; i++) await probe.AskAsync(work);
        var spent = Environment.CpuUsage.TotalTime - before.Cpu;
        var counted = (await probe.GetCollectionCountsAsync())[0] - before.Gcs;
        await collector.UnwatchAsync("probe");
        await ending.CancelAsync();
        await collecting;
        if (output.gcs < counted) throw new InvalidOperationException($"The collector saw {output.gcs} collections, and {counted} were made while its CPU was measured.");
        return (spent.TotalSeconds, counted);
    }

    public void OnWindows(IReadOnlyList<VitalsWindow> windows) => gcs += windows.Sum(window => window.GcCounts.Sum(count => (long)count));

    public void OnPreviews(IReadOnlyList<VitalsWindow> previews)
    {
    }

    public void OnProblem(string instanceId, InstanceProblem problem, string detail)
    {
        if (problem != InstanceProblem.None) Print.Line($"    problem while watching: {problem} {detail}");
    }
}

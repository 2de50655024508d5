using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.AgentProtocol;
using FleetProf.Measures.GcPauses.Causes;
using FleetProf.TestKit.Processes;

namespace FleetProf.Benchmarks.GcPauses.Truth;

/// <summary>What the agent's own collector tells of a probe. Of each window only the longest pauses carry their number.</summary>
internal sealed class WatchedProbe : IVitalsOutput
{
    private readonly Dictionary<int, (GcCause Cause, string Evidence)> causes = [];

    public static async Task<(IReadOnlyList<int> Planted, IReadOnlyDictionary<int, (GcCause Cause, string Evidence)> Causes)> FindAsync(GcProbeProcess probe, Func<Task<IReadOnlyList<int>>> work)
    {
        var output = new WatchedProbe();
        var collector = new VitalsCollector(output, TimeProvider.System, new Random(1));
        using var ending = new CancellationTokenSource();
        var collecting = collector.RunAsync(ending.Token);
        collector.Watch(new WatchedInstance("probe", new DiagnosticEndpoint(probe.Pid, probe.SocketPath)));
        await TargetSessions.UntilAsync(probe.Pid, isWatched: true);
        var planted = await work();
        await collector.UnwatchAsync("probe");
        await ending.CancelAsync();
        await collecting;
        return (planted, output.causes);
    }

    public void OnWindows(IReadOnlyList<VitalsWindow> windows) => Keep(windows);

    // The three longest so far, twice a second: more numbers than the finished windows hold.
    public void OnPreviews(IReadOnlyList<VitalsWindow> previews) => Keep(previews);

    public void OnProblem(string instanceId, InstanceProblem problem, string detail)
    {
        if (problem != InstanceProblem.None) Print.Line($"    problem while watching: {problem} {detail}");
    }

    private void Keep(IReadOnlyList<VitalsWindow> windows)
    {
        foreach (var gc in windows.SelectMany(window => window.Longest)) causes[(int)gc.Number] = ((GcCause)gc.Cause, gc.Evidence);
    }
}

using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.AgentProtocol;
using FleetProf.TestKit.Processes;

namespace FleetProf.Benchmarks.GcPauses;

/// <summary>The agent's own collector of vitals, watching one process until disposed.</summary>
internal sealed class VitalsSwitch : IAsyncDisposable
{
    private const string Id = "probe";
    private readonly GcProbeProcess probe;
    private readonly VitalsCollector collector;
    private readonly CancellationTokenSource ending = new();
    private readonly Task collecting;

    private VitalsSwitch(GcProbeProcess probe, int seed)
    {
        this.probe = probe;
        collector = new VitalsCollector(new NoOutput(), TimeProvider.System, new Random(seed));
        collecting = collector.RunAsync(ending.Token);
        collector.Watch(new WatchedInstance(Id, new DiagnosticEndpoint(probe.Pid, probe.SocketPath)));
    }

    /// <summary>Returns once the session runs.</summary>
    public static async Task<IAsyncDisposable> OnAsync(GcProbeProcess probe, int seed)
    {
        var watching = new VitalsSwitch(probe, seed);
        await TargetSessions.UntilAsync(probe.Pid, isWatched: true);
        return watching;
    }

    public async ValueTask DisposeAsync()
    {
        await collector.UnwatchAsync(Id);
        await TargetSessions.UntilAsync(probe.Pid, isWatched: false);
        await ending.CancelAsync();
        await collecting;
        ending.Dispose();
    }

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

using System.Globalization;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.AgentProtocol;
using FleetProf.TestKit.Processes;

namespace FleetProf.Benchmarks.GcPauses;

/// <summary>
/// What a GC session costs the process it watches. One process serves the same orders again and again, in groups of four runs:
/// with a session, without, without, with, or the reverse, as drawn. The process takes its own times.
/// Others on the same host only ever make a run slower, so the runs that nobody disturbed are the fast ones: compared is the time that
/// a fifth of the runs of each side stay under. Its interval comes from drawing whole groups anew.
/// </summary>
internal sealed class VitalsThroughput(int groups, int seed)
{
    private const string Id = "probe";
    private const int WarmUpRuns = 40;
    private const int Resamples = 2_000;

    private static readonly Load Busy = new("a busy service", Orders: 4_000, SigningRounds: 50);
    private static readonly Load Extreme = new("nothing but garbage", Orders: 20_000, SigningRounds: 0);

    public async Task RunAsync()
    {
        foreach (var load in (Load[])[Busy, Extreme])
        {
            await using var probe = await GcProbeProcess.StartAsync();
            var collector = new VitalsCollector(new NoOutput(), TimeProvider.System, new Random(seed));
            using var ending = new CancellationTokenSource();
            var collecting = collector.RunAsync(ending.Token);
            await CompareAsync(new Target(probe, load, collector));
            await ending.CancelAsync();
            await collecting;
        }
    }

    private async Task CompareAsync(Target target)
    {
        var order = new Random(seed);
        var (on, off) = (new List<Reading>(), new List<Reading>());
        for (var run = 0; run < WarmUpRuns; run++)
        {
            await ServeAsync(target);
        }

        for (var group = 0; group < groups; group++)
        {
            var isOnOutside = order.Next(2) == 0;
            var (outside, inside) = isOnOutside ? (on, off) : (off, on);
            await RunsAsync(target, isOnOutside, runs: 1, outside);
            await RunsAsync(target, !isOnOutside, runs: 2, inside);
            await RunsAsync(target, isOnOutside, runs: 1, outside);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{target.Load.Name}: {groups} groups of four runs, {Fast(off, run => run.WallMs):0.0} ms each when undisturbed, {off.Sum(run => run.Collections) / off.Sum(run => run.WallMs) * 1000:0} collections/s"));
        Print("  throughput with vitals on / off, wall", on, off, run => run.WallMs);
        Print("  throughput with vitals on / off, CPU of the target", on, off, run => run.CpuMs);
    }

    private static async Task RunsAsync(Target target, bool isOn, int runs, List<Reading> readings)
    {
        if (isOn)
        {
            target.Collector.Watch(new WatchedInstance(Id, new DiagnosticEndpoint(target.Probe.Pid, target.Probe.SocketPath)));
            await TargetSessions.UntilAsync(target.Probe.Pid, isWatched: true);
        }

        // Unmeasured: after the switch the processor has slept, its caches are cold and the session is young.
        await ServeAsync(target);
        for (var run = 0; run < runs; run++)
        {
            readings.Add(await ServeAsync(target));
        }

        if (isOn)
        {
            await target.Collector.UnwatchAsync(Id);
            await TargetSessions.UntilAsync(target.Probe.Pid, isWatched: false);
        }
    }

    private static async Task<Reading> ServeAsync(Target target)
    {
        var answer = (await target.Probe.AskAsync(string.Create(CultureInfo.InvariantCulture, $"serve {target.Load.Orders} {target.Load.SigningRounds}"))).Split(' ');
        return new Reading(double.Parse(answer[0], CultureInfo.InvariantCulture), double.Parse(answer[1], CultureInfo.InvariantCulture), int.Parse(answer[2], CultureInfo.InvariantCulture));
    }

    private void Print(string what, List<Reading> on, List<Reading> off, Func<Reading, double> time)
    {
        var random = new Random(seed);
        var drawn = Enumerable.Range(0, Resamples).Select(_ =>
        {
            var picks = Enumerable.Range(0, groups).Select(_ => 2 * random.Next(groups)).SelectMany(run => (int[])[run, run + 1]).ToArray();
            return Fast(picks.Select(run => off[run]), time) / Fast(picks.Select(run => on[run]), time);
        }).Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what}: {Fast(off, time) / Fast(on, time):0.0000}, 95 % interval {drawn[Resamples / 40]:0.0000} to {drawn[^(Resamples / 40)]:0.0000}; of the medians, disturbed runs and all: {At(off, time, 0.5) / At(on, time, 0.5):0.0000}"));
    }

    private static double Fast(IEnumerable<Reading> runs, Func<Reading, double> time) => At(runs, time, 0.2);

    private static double At(IEnumerable<Reading> runs, Func<Reading, double> time, double quantile)
    {
        var times = runs.Select(time).Order().ToArray();
        return times[(int)(quantile * (times.Length - 1))];
    }

    private sealed record Load(string Name, int Orders, int SigningRounds);

    private sealed record Target(GcProbeProcess Probe, Load Load, VitalsCollector Collector);

    private readonly record struct Reading(double WallMs, double CpuMs, int Collections);

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

using System.Globalization;
using FleetProf.TestKit.Processes;

namespace FleetProf.Benchmarks.GcPauses;

/// <summary>
/// What a session costs the process it runs in. One process serves the same orders again and again, in groups of four runs:
/// with the session, without, without, with, or the reverse, as drawn. The process takes its own times.
/// Others on the same host only ever make a run slower, so the runs that nobody disturbed are the fast ones: compared is the time that
/// a fifth of the runs of each side stay under. Its interval comes from drawing whole groups anew.
/// </summary>
/// <param name="name">Of the session, in the printed lines.</param>
/// <param name="open">Begins it in a process; it ends when disposed.</param>
/// <param name="groups">Groups of four runs.</param>
/// <param name="seed">Of their order, and of the draws behind the intervals.</param>
internal sealed class SessionThroughput(string name, Func<GcProbeProcess, Task<IAsyncDisposable>> open, int groups, int seed)
{
    private const int WarmUpRuns = 40;
    private const int Resamples = 2_000;

    private static readonly Load Busy = new("a busy service", Orders: 4_000, SigningRounds: 50);
    private static readonly Load Extreme = new("nothing but garbage", Orders: 20_000, SigningRounds: 0);

    public async Task RunAsync()
    {
        foreach (var load in (Load[])[Busy, Extreme])
        {
            await using var probe = await GcProbeProcess.StartAsync();
            await CompareAsync(new Target(probe, load));
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
        Print($"  throughput with {name} on / off, wall", on, off, run => run.WallMs);
        Print($"  throughput with {name} on / off, CPU of the target", on, off, run => run.CpuMs);
    }

    private async Task RunsAsync(Target target, bool isOn, int runs, List<Reading> readings)
    {
        await using var session = isOn ? await open(target.Probe) : null;

        // Unmeasured: after the switch the processor has slept, its caches are cold and the session is young.
        await ServeAsync(target);
        for (var run = 0; run < runs; run++)
        {
            readings.Add(await ServeAsync(target));
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

    private sealed record Target(GcProbeProcess Probe, Load Load);

    private readonly record struct Reading(double WallMs, double CpuMs, int Collections);
}

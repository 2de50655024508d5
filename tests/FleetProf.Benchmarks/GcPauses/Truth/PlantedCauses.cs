using System.Globalization;
using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;
using FleetProf.TestKit.GcPauses;
using FleetProf.TestKit.Processes;

namespace FleetProf.Benchmarks.GcPauses.Truth;

/// <summary>
/// Collections whose cause the workload knows, because it made them so, against the causes found in their events; and all collections of
/// workloads that are well, none of which may get a cause.
/// </summary>
internal sealed class PlantedCauses(int rounds, string? only = null)
{
    // A young generation of 64 MB, whatever the machine's caches: room for what is planted between two collections.
    private static readonly (string, string) Young = ("DOTNET_GCgen0size", "4000000");
    private static readonly (string, string) Blocking = ("DOTNET_gcConcurrent", "0");

    private static readonly (string, string) LittleMemory = ("DOTNET_GCTotalPhysicalMemory", "8000000");
    private static readonly (string, string) FarLimit = ("DOTNET_GCHeapHardLimit", "40000000");

    private static readonly (string Word, GcCause Cause, (string, string)[] Settings)[] Planted =
    [
        ("survivors", GcCause.Survivors, [Young]),
        ("compaction", GcCause.Compaction, [Young]),
        ("pinning", GcCause.Pinning, [Young]),
        ("finalization", GcCause.Finalization, [Young]),
        ("old-to-young", GcCause.OldToYoungReferences, [Young]),
        ("handles", GcCause.HandlesAndStacks, [Young]),
        ("stacks", GcCause.HandlesAndStacks, [Young]),
        ("slow-suspension", GcCause.SlowSuspension, [Young]),
        ("induced", GcCause.Induced, [Young]),
        ("loh", GcCause.LohBudget, [Young]),
        ("loh", GcCause.LohBudget, [Young, Blocking]),
        ("limit", GcCause.HardLimit, [("DOTNET_GCHeapHardLimit", "10000000")]),
        ("memory", GcCause.MemoryPressure, [LittleMemory, FarLimit, Blocking]),
        ("fragmentation", GcCause.Fragmentation, []),
    ];

    // The agent numbers three pauses of each ten seconds only, so this goes on for a while.
    private const int ThrottledAsks = 8;

    private int right;
    private int all;

    public async Task RunAsync()
    {
        foreach (var (word, cause, settings) in Planted.Where(planted => only is null || planted.Word == only)) await MeasureAsync(word, cause, settings);
        if (only is not null) return;
        await using (var throttled = ThrottledGroup.TryCreate())
        {
            if (throttled is null) Print.Line($"    throttled: not provoked, this user may not make control groups with a quota");
            else await MeasureThrottledAsync(throttled);
        }

        Print.Line($"(d) planted causes found: {right} of {all} ({right * 100.0 / all:0.0} %)");
        await MeasureHealthyAsync();
    }

    private async Task MeasureAsync(string word, GcCause cause, (string, string)[] settings)
    {
        await using var probe = await GcProbeProcess.StartAsync(settings);
        await probe.AskAsync("provoke healthy 10");
        var recording = await RecordedProbe.RecordAsync(probe, "provoke healthy 20", string.Create(CultureInfo.InvariantCulture, $"provoke {word} {rounds}"));
        Judge(word + (settings.Contains(Blocking) ? ", blocking" : ""), cause, Numbers(recording.Answers[^1]), Find(recording.Trace), recording.Trace);
    }

    private async Task MeasureThrottledAsync(ThrottledGroup group)
    {
        await using var probe = await GcProbeProcess.StartAsync(Young);
        var found = await WatchedProbe.FindAsync(probe, async () =>
        {
            await probe.AskAsync("provoke healthy 40");
            group.Take(probe.Pid);
            var planted = new List<int>();
            for (var i = 0; i < ThrottledAsks; i++) planted.AddRange(Numbers(await probe.AskAsync("provoke throttled 20")));
            group.Release(probe.Pid);
            return planted;
        });
        Judge("throttled", GcCause.CpuStarvation, [.. found.Planted.Intersect(found.Causes.Keys)], found.Causes);
    }

    private async Task MeasureHealthyAsync()
    {
        int gcs = 0, blamed = 0, starved = 0;
        foreach (var (server, concurrent) in new[] { ("0", "0"), ("0", "1"), ("1", "0"), ("1", "1") })
        {
            await using var probe = await GcProbeProcess.StartAsync(("DOTNET_gcServer", server), ("DOTNET_gcConcurrent", concurrent));
            await probe.AskAsync("provoke healthy 10");
            var recording = await RecordedProbe.RecordAsync(probe, "provoke healthy 300");
            foreach (var (gc, finding) in Caused(recording.Trace))
            {
                gcs++;
                if (finding.Cause == GcCause.Ordinary) continue;
                // On a busy machine a healthy process is now and then kept from running; that is no fault in it, and true.
                if (finding.Cause is GcCause.SlowSuspension or GcCause.CpuStarvation or GcCause.Unexplained) starved++;
                else blamed++;
                Print.Line($"    healthy, server {server}, concurrent {concurrent}: GC {gc.Number} gen{gc.Generation} {gc.PauseMs:0.00} ms {finding.Cause}: {GcCauseText.Say(gc, finding)}");
            }
        }

        Print.Line($"(d) healthy workloads: {blamed} of {gcs} GCs got a cause in the program; {starved} were found slow to suspend, starved or unexplained (load of the host {File.ReadAllText("/proc/loadavg").Split(' ')[0]})");
    }

    private void Judge(string word, GcCause cause, IReadOnlyList<int> planted, IReadOnlyDictionary<int, (GcCause Cause, string Evidence)> found, byte[]? trace = null)
    {
        var ours = planted.Where(number => found.TryGetValue(number, out var it) && it.Cause == cause).ToList();
        (right, all) = (right + ours.Count, all + planted.Count);
        Print.Line($"    {word}: {ours.Count} of {planted.Count} as {cause}{(ours.Count > 0 ? $"; GC {ours[0]}: {found[ours[0]].Evidence}" : "")}");
        foreach (var other in planted.Except(ours).GroupBy(number => found.TryGetValue(number, out var it) ? it.Cause.ToString() : "not seen"))
        {
            Print.Line($"        {other.Count()} as {other.Key}{(found.TryGetValue(other.First(), out var it) ? $", GC {other.First()}: {it.Evidence}" : "")}");
            if (trace is not null) Describe(Caused(trace).First(pair => pair.Gc.Number == other.First()).Gc);
        }
    }

    private static void Describe(in GcRecord gc)
    {
        var (phases, roots) = (gc.Global.Phases, gc.RootMs);
        Print.Line($"            gen{gc.Generation} {gc.Kind} {GcReasons.NameOf(gc.Reason)} [{gc.Reasons}] load {gc.Global.MemoryLoadPercent} %, pause {gc.PauseMs:0.0} suspend {gc.SuspendMs:0.0} mark {phases.MarkMs:0.0} plan {phases.PlanMs:0.0} relocate {phases.RelocateMs:0.0} compact {phases.CompactMs:0.0} sweep {phases.SweepMs:0.0} ms");
        Print.Line($"            roots: stacks {roots.Stack:0.0} finalizers {roots.Finalizers:0.0} handles {roots.Handles:0.0} old {roots.OldObjects:0.0} other {roots.Other:0.0} ms; promoted {gc.Statistics.PromotedBytes / 1e6:0.0} of {gc.CondemnedBytes / 1e6:0.0} MB");
    }

    private static Dictionary<int, (GcCause Cause, string Evidence)> Find(byte[] trace) =>
        Caused(trace).ToDictionary(pair => pair.Gc.Number, pair => (pair.Finding.Cause, GcCauseText.Say(pair.Gc, pair.Finding)));

    private static IEnumerable<(GcRecord Gc, GcFinding Finding)> Caused(byte[] trace)
    {
        var causes = new GcCauseClassifier();
        foreach (var gc in PauseCollection.Read(trace, largestPiece: 100_000).Gcs) yield return (gc, causes.Classify(gc));
    }

    private static IReadOnlyList<int> Numbers(string answer) => answer.Split(' ') is ["planted", .. var numbers]
        ? [.. numbers.Where(word => word.Length > 0).Select(word => int.Parse(word, CultureInfo.InvariantCulture)).Distinct()]
        : throw new InvalidOperationException($"The probe answered '{answer}'.");
}

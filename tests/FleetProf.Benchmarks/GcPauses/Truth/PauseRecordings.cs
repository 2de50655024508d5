using FleetProf.Measures.GcPauses;
using FleetProf.TestKit.GcPauses;
using FleetProf.TestKit.Processes;
using Microsoft.Diagnostics.Tracing.Analysis.GC;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace FleetProf.Benchmarks.GcPauses.Truth;

/// <summary>
/// Every pause of recorded processes against TraceEvent's analysis of the same bytes, and their sum against what the process itself
/// counted. Five recordings each of workstation and server GC, concurrent and not.
/// </summary>
internal sealed class PauseRecordings(int perMode)
{
    private const double Microsecond = 0.001;

    private static readonly string[] Work =
        ["churn 300", "collect 2 background", "churn 150", "collect 0 blocking", "collect 1 blocking", "collect 2 background", "churn 150", "collect 2 blocking"];

    private readonly List<double> differences = [];
    private readonly List<double> larger = [];
    private readonly List<double> rests = [];
    private int equal;
    private int shared;
    private int wrong;

    /// <summary>The recorded bytes, for whoever measures more on them.</summary>
    public async Task<IReadOnlyList<byte[]>> RunAsync()
    {
        var traces = new List<byte[]>();
        foreach (var server in (string[])["0", "1"])
        {
            foreach (var concurrent in (string[])["0", "1"])
            {
                for (var i = 0; i < perMode; i++) traces.Add(await MeasureAsync(server, concurrent));
            }
        }

        differences.Sort();
        larger.Sort();
        Print.Line($"(a) pauses of {equal + shared + wrong} GCs in {traces.Count} recordings against TraceEvent: {equal} equal to 1 us (largest difference {differences.LastOrDefault() * 1000:0.000} us), {wrong} different, {shared} not comparable (a background GC and a young one that share a stop, of which TraceEvent leaves out the one's work and gives the other more, or a background GC that was done as a blocking one)");
        Print.Line($"(b) sum of pauses against GC.GetTotalPauseDuration, {larger.Count} recordings: ours larger by {larger[larger.Count / 2]:0.000} % in the median, {larger[0]:0.000} to {larger[^1]:0.000} %; by the rule of its own clock the sum comes out within {rests.Max():0.000} %, {rests.Average():0.000} % on average");
        return traces;
    }

    private async Task<byte[]> MeasureAsync(string server, string concurrent)
    {
        await using var probe = await GcProbeProcess.StartAsync(("DOTNET_gcServer", server), ("DOTNET_gcConcurrent", concurrent));
        await probe.AskAsync("churn 100");
        // Waits for a background collection, so that none is under way as watching begins.
        await probe.AskAsync("collect 2 blocking");
        var recording = await RecordedProbe.RecordAsync(probe, Work);
        var ours = PauseCollection.Read(recording.Trace);
        var theirs = TraceEventReading.Read(recording.Trace);
        if (ours.Missed > 0 || !theirs.Select(gc => gc.Number).Order().SequenceEqual(ours.Gcs.Select(gc => gc.Number).Order()))
        {
            wrong += Math.Max(1, Math.Abs(theirs.Count - ours.Gcs.Count));
        }

        foreach (var gc in ours.Gcs) Compare(gc, theirs.FirstOrDefault(other => other.Number == gc.Number), ours);
        var sum = ours.Pauses.Sum(pause => pause.PauseMs);
        Explain($"server {server}, concurrent {concurrent}", recording, ours.Gcs.Count, sum);
        return recording.Trace;
    }

    private void Explain(string what, RecordedProbe recording, int gcs, double sum)
    {
        var own = recording.OwnPauseMs;
        var counted = RuntimePauseClock.Read(recording.Trace);
        // It starts its clock for a second stop before it waits for a lock that the collection before may still hold.
        var early = counted.SecondStopsMs.Sum(stop => recording.OwnSecondStopsMs.TryGetValue(stop.Key, out var ms) ? ms - stop.Value : 0);
        var likely = counted.LikelyMs + early;
        var isWithin = own >= counted.LeastMs + early && own <= counted.MostMs + early;
        larger.Add((sum - own) * 100 / own);
        rests.Add(Math.Abs(likely - own) * 100 / own);
        Print.Line($"    {what}: {gcs} GCs, own sum {own:0.000} ms, ours {sum:0.000} ms ({(sum - own) * 100 / own:0.000} %), by the rule of its own clock {likely:0.000} ms ({(likely - own) * 100 / own:0.000} %{(isWithin ? "" : ", outside of its bounds")}), {early:0.000} ms of it before it asks for second stops");
    }

    private void Compare(GcRecord ours, TraceGC? theirs, PauseCollection all)
    {
        if (theirs is null)
        {
            wrong++;
            return;
        }

        var pauses = all.Pauses.Where(pause => pause.Number == ours.Number).ToList();
        var sharesItsStop = (theirs.Type == GCType.BackgroundGC && pauses.Count < 2)
            || all.Pauses.Any(other => other.Number != ours.Number && pauses.Any(pause => pause.StartTicks < other.EndTicks && other.StartTicks < pause.EndTicks));
        var difference = Math.Abs(theirs.PauseDurationMSec - ours.PauseMs);
        if (sharesItsStop && difference > Microsecond)
        {
            shared++;
            return;
        }

        differences.Add(difference);
        if (difference <= Microsecond)
        {
            equal++;
            return;
        }

        wrong++;
        Print.Line($"    GC {ours.Number} gen{ours.Generation} {ours.Kind}: TraceEvent {theirs.Type} {theirs.PauseDurationMSec:0.000} ms, ours {string.Join(" + ", pauses.Select(pause => $"{pause.Kind} {pause.PauseMs:0.000}"))}");
    }
}

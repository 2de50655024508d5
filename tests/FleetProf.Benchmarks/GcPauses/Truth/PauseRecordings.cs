using FleetProf.Measures.GcPauses;
using FleetProf.TestKit.GcPauses;
using FleetProf.TestKit.Processes;
using Microsoft.Diagnostics.Tracing.Analysis.GC;

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
    private readonly List<double> unexplained = [];
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
        unexplained.Sort();
        Print.Line($"(a) pauses of {equal + shared + wrong} GCs in {traces.Count} recordings against TraceEvent: {equal} equal to 1 us (largest difference {differences.LastOrDefault() * 1000:0.000} us), {wrong} different, {shared} not comparable (stop shared with a background GC, whose work TraceEvent leaves out)");
        Print.Line($"(b) sum of pauses against GC.GetTotalPauseDuration, {unexplained.Count} recordings: process's own sum larger by {unexplained[unexplained.Count / 2]:0.000} % in the median, {unexplained[0]:0.000} to {unexplained[^1]:0.000} %");
        return traces;
    }

    private async Task<byte[]> MeasureAsync(string server, string concurrent)
    {
        await using var probe = await GcProbeProcess.StartAsync(("DOTNET_gcServer", server), ("DOTNET_gcConcurrent", concurrent));
        await probe.AskAsync("churn 100");
        var recording = await RecordedProbe.RecordAsync(probe, Work);
        var ours = PauseCollection.Read(recording.Trace);
        var theirs = TraceEventReading.Read(recording.Trace);
        if (ours.Missed > 0 || !theirs.Select(gc => gc.Number).Order().SequenceEqual(ours.Gcs.Select(gc => gc.Number).Order()))
        {
            wrong += Math.Max(1, Math.Abs(theirs.Count - ours.Gcs.Count));
        }

        foreach (var gc in ours.Gcs) Compare(gc, theirs.FirstOrDefault(other => other.Number == gc.Number), ours);
        var sum = ours.Pauses.Sum(pause => pause.PauseMs);
        var share = (recording.OwnPauseMs - sum) * 100 / recording.OwnPauseMs;
        unexplained.Add(share);
        var shortest = ours.Gcs.Count == 0 ? 0 : (recording.OwnPauseMs - sum) * 1000 / ours.Pauses.Count;
        Print.Line($"    server {server}, concurrent {concurrent}: {ours.Gcs.Count} GCs, own sum {recording.OwnPauseMs:0.000} ms, ours {sum:0.000} ms, difference {share:0.000} % ({shortest:0.00} us a pause)");
        return recording.Trace;
    }

    private void Compare(GcRecord ours, TraceGC? theirs, PauseCollection all)
    {
        if (theirs is null)
        {
            wrong++;
            return;
        }

        var pauses = all.Pauses.Where(pause => pause.Number == ours.Number).ToList();
        var sharesItsStop = ours.Kind == GcKind.Background && (pauses.Count < 2 || all.Pauses.Any(other => pauses.Any(pause => pause.EndTicks == other.StartTicks)));
        var difference = Math.Abs(theirs.PauseDurationMSec - ours.PauseMs);
        if (sharesItsStop && difference > Microsecond)
        {
            shared++;
            return;
        }

        differences.Add(difference);
        if (difference <= Microsecond) equal++;
        else wrong++;
    }
}

using FleetProf.AgentProtocol;
using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;
using Google.Protobuf;
using PauseKind = FleetProf.AgentProtocol.PauseKind;

namespace FleetProf.Agent.Collectors.DotNet.Vitals;

/// <summary>Adds up one window of one instance.</summary>
internal sealed class WindowTally(DateTimeOffset start, DateTimeOffset end)
{
    /// <summary>Far more than a program comes to: of one that makes up pauses of all lengths and causes it would be megabytes.</summary>
    private const int MaxSketchBytes = 32 << 10;

    private readonly SortedDictionary<(int Generation, PauseKind Kind, GcCause Cause), DdSketch> sketches = [];
    private readonly uint[] gcCounts = new uint[3];
    private readonly uint[] reasonCounts = new uint[GcReasons.CountLength];
    private readonly LongestPauses longest = new();
    private readonly VitalsWindow sums = new();
    private double observedMs;

    public DateTimeOffset Start { get; } = start;

    public DateTimeOffset End { get; } = end;

    /// <summary>When the collector noticed that the window is over; null while it runs.</summary>
    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>Whether something happened since the last preview.</summary>
    public bool HasNews { get; set; }

    public void AddObserved(DateTimeOffset from, DateTimeOffset until) => observedMs += Overlap(from, until).TotalMilliseconds;

    /// <summary>How much of a time lies in the window; zero where nothing does.</summary>
    public TimeSpan Overlap(DateTimeOffset from, DateTimeOffset until)
    {
        var overlap = (until < End ? until : End) - (from > Start ? from : Start);
        return overlap > TimeSpan.Zero ? overlap : TimeSpan.Zero;
    }

    public void AddPause(in GcPause pause, GcCause cause, DateTimeOffset ended)
    {
        HasNews = true;
        if (pause.IsOwn)
        {
            sums.OwnPauseMs += pause.PauseMs;
            return;
        }
        var key = (pause.Generation, (PauseKind)pause.Kind, cause);
        if (!sketches.TryGetValue(key, out var sketch)) sketches[key] = sketch = new DdSketch();
        sketch.Add(pause.PauseMs);
        sums.PauseMs += pause.PauseMs;
        sums.SuspendMs += pause.SuspendMs;
        sums.MaxPauseMs = Math.Max(sums.MaxPauseMs, pause.StopMs);
        longest.Add(pause, cause, ended);
    }

    public void AddGc(in GcRecord gc)
    {
        HasNews = true;
        if (gc.IsOwn) sums.OwnGcCount++;
        else Count(gc);
        var number = (uint)gc.Number;
        sums.FirstGcNumber = sums.FirstGcNumber == 0 ? number : Math.Min(sums.FirstGcNumber, number);
        sums.LastGcNumber = Math.Max(sums.LastGcNumber, number);
        sums.AllocatedBytes += gc.AllocatedBytes;
        if (gc.HasStatistics) SetHeap(gc);
        if (!gc.HasHistory) return;
        sums.HeapBeforeBytes = Math.Max(sums.HeapBeforeBytes, gc.HeapBeforeBytes);
        sums.FragmentedBytes = gc.FragmentedBytes;
    }

    /// <summary>Gives the record of a collection to those of its pauses that are among the longest here.</summary>
    public void Complete(in GcRecord gc, in GcFinding finding) => longest.Complete(gc, finding);

    public void AddOtherSuspension(double milliseconds)
    {
        HasNews = true;
        sums.OtherSuspensionCount++;
        sums.OtherSuspensionMs += milliseconds;
    }

    public void AddMissed(int count)
    {
        HasNews = true;
        sums.MissedGcCount += (uint)count;
    }

    /// <summary>Adds processor time that was used in the window and keeps the sizes of the reading that told of it.</summary>
    public void AddProcess(in ProcessReading reading, double cpuSeconds)
    {
        sums.WorkingSetBytes = reading.WorkingSetBytes;
        sums.ThreadCount = (uint)reading.ThreadCount;
        sums.CpuSeconds += cpuSeconds;
    }

    /// <summary>The window as a message of its own; the tally goes on.</summary>
    public VitalsWindow ToMessage(string instanceId, bool isPartial)
    {
        var message = sums.Clone();
        message.InstanceId = instanceId;
        message.WindowStartUnixMs = Start.ToUnixTimeMilliseconds();
        message.WindowMs = (uint)(End - Start).TotalMilliseconds;
        message.ObservedMs = Math.Min(message.WindowMs, (uint)Math.Round(observedMs));
        message.Partial = isPartial;
        message.GcCounts.Add(gcCounts);
        message.GcReasonCounts.Add(reasonCounts.Take(Array.FindLastIndex(reasonCounts, count => count > 0) + 1));
        message.Longest.Add(longest.Longest.Select(pause => pause.Clone()));
        AddSketches(message);
        if (message.Pauses.Sum(pause => pause.Sketch.Length) <= MaxSketchBytes) return message;
        ForgetCauses();
        message.Pauses.Clear();
        AddSketches(message);
        return message;
    }

    private void AddSketches(VitalsWindow message)
    {
        foreach (var ((generation, kind, cause), sketch) in sketches)
            message.Pauses.Add(new PauseSketch { Generation = (uint)generation, Kind = kind, Cause = (PauseCause)cause, Sketch = ByteString.CopyFrom(sketch.ToBytes()) });
    }

    /// <summary>Leaves one sketch for each generation and kind, twelve at most; every pause stays counted.</summary>
    private void ForgetCauses()
    {
        foreach (var (key, sketch) in sketches.Where(entry => entry.Key.Cause != GcCause.Unknown).ToList())
        {
            var whole = (key.Generation, key.Kind, GcCause.Unknown);
            if (sketches.TryGetValue(whole, out var all)) all.Merge(sketch);
            else sketches[whole] = sketch;
            sketches.Remove(key);
        }
    }

    private void Count(in GcRecord gc)
    {
        gcCounts[gc.Generation]++;
        reasonCounts[GcReasons.IndexOf(gc.Reason)]++;
        if (gc.Kind == GcKind.Background) sums.BackgroundGcCount++;
        if (GcReasons.IsInduced(gc.Reason)) sums.InducedGcCount++;
        if (!gc.HasStatistics) return;
        sums.PromotedBytes += gc.Statistics.PromotedBytes;
        sums.FinalizationPromotedCount += gc.Statistics.FinalizationPromotedCount;
    }

    private void SetHeap(in GcRecord gc)
    {
        var after = gc.Statistics.After;
        sums.HeapAfter = GcDetails.Sizes(after);
        if (gc.Generation == 2) sums.Gen2AfterBytes = after.Total;
        if (gc.CommittedBytes > 0) sums.CommittedBytes = gc.CommittedBytes;
        sums.PinnedObjectCount = (uint)Math.Max(0, gc.Statistics.PinnedObjectCount);
        sums.GcHandleCount = (uint)Math.Max(0, gc.Statistics.GcHandleCount);
    }
}

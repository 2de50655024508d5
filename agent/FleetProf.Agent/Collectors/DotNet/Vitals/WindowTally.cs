using FleetProf.AgentProtocol;
using FleetProf.Measures.GcPauses;
using Google.Protobuf;
using PauseKind = FleetProf.AgentProtocol.PauseKind;

namespace FleetProf.Agent.Collectors.DotNet.Vitals;

/// <summary>Adds up one window of one instance.</summary>
internal sealed class WindowTally(DateTimeOffset start, DateTimeOffset end)
{
    private const int Kinds = 5;
    private readonly DdSketch?[] sketches = new DdSketch?[3 * Kinds];
    private readonly uint[] gcCounts = new uint[3];
    private readonly LongestPauses longest = new();
    private readonly VitalsWindow sums = new();
    private double observedMs;

    public DateTimeOffset Start { get; } = start;

    public DateTimeOffset End { get; } = end;

    /// <summary>When the collector noticed that the window is over; null while it runs.</summary>
    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>Whether something happened since the last preview.</summary>
    public bool HasNews { get; set; }

    public void AddObserved(DateTimeOffset from, DateTimeOffset until)
    {
        var overlap = (until < End ? until : End) - (from > Start ? from : Start);
        if (overlap > TimeSpan.Zero) observedMs += overlap.TotalMilliseconds;
    }

    public void AddPause(in GcPause pause, DateTimeOffset ended)
    {
        HasNews = true;
        if (pause.IsOwn) return;
        ref var sketch = ref sketches[pause.Generation * Kinds + (int)pause.Kind];
        (sketch ??= new DdSketch()).Add(pause.PauseMs);
        sums.PauseMs += pause.PauseMs;
        sums.SuspendMs += pause.SuspendMs;
        sums.MaxPauseMs = Math.Max(sums.MaxPauseMs, pause.PauseMs);
        longest.Add(pause, ended);
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

    /// <summary>Adds the processor time between two readings and keeps the later one's sizes.</summary>
    public void AddProcess(in ProcessReading? before, in ProcessReading? now)
    {
        if (now is not { } reading) return;
        sums.WorkingSetBytes = reading.WorkingSetBytes;
        sums.ThreadCount = (uint)reading.ThreadCount;
        if (before is { } earlier) sums.CpuSeconds += Math.Max(0, reading.CpuSeconds - earlier.CpuSeconds);
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
        message.Longest.Add(longest.Longest.Select(pause => pause.Clone()));
        for (var i = 0; i < sketches.Length; i++)
            if (sketches[i] is { IsEmpty: false } sketch)
                message.Pauses.Add(new PauseSketch { Generation = (uint)(i / Kinds), Kind = (PauseKind)(i % Kinds), Sketch = ByteString.CopyFrom(sketch.ToBytes()) });
        return message;
    }

    private void Count(in GcRecord gc)
    {
        gcCounts[gc.Generation]++;
        if (gc.Kind == GcKind.Background) sums.BackgroundGcCount++;
        if (GcReasons.IsInduced(gc.Reason)) sums.InducedGcCount++;
        if (!gc.HasStatistics) return;
        sums.PromotedBytes += gc.Statistics.PromotedBytes;
        sums.FinalizationPromotedCount += gc.Statistics.FinalizationPromotedCount;
        longest.Complete(gc);
    }

    private void SetHeap(in GcRecord gc)
    {
        var after = gc.Statistics.After;
        sums.HeapAfter = new HeapSizes { Gen0Bytes = after.Gen0, Gen1Bytes = after.Gen1, Gen2Bytes = after.Gen2, LohBytes = after.Loh, PohBytes = after.Poh };
        if (gc.Generation == 2) sums.Gen2AfterBytes = after.Total;
        if (gc.CommittedBytes > 0) sums.CommittedBytes = gc.CommittedBytes;
        sums.PinnedObjectCount = (uint)Math.Max(0, gc.Statistics.PinnedObjectCount);
        sums.GcHandleCount = (uint)Math.Max(0, gc.Statistics.GcHandleCount);
    }
}

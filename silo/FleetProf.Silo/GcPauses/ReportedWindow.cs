using FleetProf.AgentProtocol;
using FleetProf.Analysis.GcPauses;
using FleetProf.Measures.GcPauses;
using FleetProf.Silo.GcPauses.Rows;

namespace FleetProf.Silo.GcPauses;

/// <summary>A window as an agent sent it, made safe: agents are not trusted with numbers.</summary>
internal sealed record ReportedWindow(PauseWindow Window, VitalsWindow Message)
{
    private const int LongestId = 256;
    private const uint LongestWindowMs = 3_600_000;
    private const int LargestExemplar = 1_024;

    /// <summary>A day: what stood for longer was stopped, and not by its GC.</summary>
    private const double LongestPauseMs = 86_400_000;

    /// <summary>Milliseconds or seconds: more than any window holds, and so little that sums of millions of windows stay numbers, which JSON can hold.</summary>
    private const double Most = 1e9;

    /// <summary>35 TB: likewise.</summary>
    private const long MostBytes = 1L << 45;

    /// <summary>Clocks of hosts differ; a window from tomorrow is no window.</summary>
    public static readonly TimeSpan LargestSkew = TimeSpan.FromDays(1);

    /// <summary>Sketches that could not be read; the sums are kept.</summary>
    public int DroppedSketches { get; private init; }

    /// <summary>Unix milliseconds of the end of the latest GC that the exemplars name; null without any.</summary>
    public long? LastLongGcMs => Message.Longest.Count == 0 ? null : Message.Longest.Max(gc => gc.EndedUnixMs);

    /// <summary>The number of its batch, where several were sent together in one with this number.</summary>
    public ulong BatchOr(ulong sent) => Message.BatchSequence is > 0 and var own ? own : sent;

    /// <summary>Null when the message is no window: no instance or none that can be, or a time that cannot be.</summary>
    public static ReportedWindow? Read(VitalsWindow message, DateTimeOffset now)
    {
        var isWindow = message.InstanceId.Length is > 0 and <= LongestId && !message.InstanceId.Any(char.IsControl)
            && message.WindowStartUnixMs > 0 && !IsAhead(message, now)
            && message.WindowMs is > 0 and <= LongestWindowMs;
        if (!isWindow)
        {
            return null;
        }

        var sketches = message.Pauses
            .Where(sketch => PauseSketches.IsReadable((int)sketch.Generation, (int)sketch.Kind, sketch.Sketch.Span))
            .Select(sketch => ((int)sketch.Generation, (int)sketch.Kind, (int)sketch.Cause, sketch.Sketch.ToByteArray()))
            .ToList();
        return new ReportedWindow(ToWindow(message, PauseSketches.Write(sketches)), message) { DroppedSketches = message.Pauses.Count - sketches.Count };
    }

    /// <summary>It begins more than a day from now: the clock of its host is wrong, or this one's.</summary>
    public static bool IsAhead(VitalsWindow message, DateTimeOffset now) => message.WindowStartUnixMs > (now + LargestSkew).ToUnixTimeMilliseconds();

    private static PauseWindow ToWindow(VitalsWindow message, byte[] sketches) => new()
    {
        InstanceId = message.InstanceId,
        StartMs = message.WindowStartUnixMs,
        WindowMs = (int)message.WindowMs,
        ObservedMs = (int)Math.Min(message.ObservedMs, message.WindowMs),
        Gen0Count = CountOf(message, 0),
        Gen1Count = CountOf(message, 1),
        Gen2Count = CountOf(message, 2),
        BackgroundCount = message.BackgroundGcCount,
        InducedCount = message.InducedGcCount,
        ReasonCounts = [.. message.GcReasonCounts.Take(GcReasons.CountLength).Select(count => (long)count)],
        MissedCount = message.MissedGcCount,
        PauseMs = Safe(message.PauseMs),
        MaxPauseMs = Safe(message.MaxPauseMs),
        SuspendMs = Safe(message.SuspendMs),
        AllocatedBytes = SafeBytes(message.AllocatedBytes),
        PromotedBytes = SafeBytes(message.PromotedBytes),
        Heap = message.HeapAfter is { } heap ? HeapOf(heap) : null,
        OwnCount = message.OwnGcCount,
        OtherSuspensionCount = message.OtherSuspensionCount,
        OtherSuspensionMs = Safe(message.OtherSuspensionMs),
        HeapBeforeBytes = message.HeapAfter is null ? null : SafeBytes(message.HeapBeforeBytes),
        CommittedBytes = message.CommittedBytes > 0 ? SafeBytes(message.CommittedBytes) : null,
        PinnedObjectCount = message.PinnedObjectCount,
        GcHandleCount = message.GcHandleCount,
        FinalizationPromotedCount = SafeBytes(message.FinalizationPromotedCount),
        ThreadCount = message.ThreadCount,
        HeapAfterGen2Bytes = message.Gen2AfterBytes > 0 ? SafeBytes(message.Gen2AfterBytes) : null,
        FragmentedBytes = message.HeapAfter is null ? null : SafeBytes(message.FragmentedBytes),
        CpuSeconds = Safe(message.CpuSeconds),
        WorkingSetBytes = message.WorkingSetBytes > 0 ? SafeBytes(message.WorkingSetBytes) : null,
        Sketches = sketches,
        // A running window is only looked at; its exemplars come again when it is finished.
        Longest = message.Partial ? [] : LongestGc.Top(
            message.Longest.Where(gc => IsPossible(gc, message.WindowStartUnixMs)).Select(gc => LongestBytes.Of(message.InstanceId, gc)),
            LongestGc.MostOfInstance),
    };

    /// <summary>The longest of a whole fleet are listed: one that cannot be would be the first of them, and a time that cannot be would break the list.</summary>
    private static bool IsPossible(LongGc gc, long windowStartMs)
    {
        var skewMs = (long)LargestSkew.TotalMilliseconds;
        return gc.PauseMs is >= 0 and <= LongestPauseMs
            && gc.EndedUnixMs >= windowStartMs - skewMs && gc.EndedUnixMs <= windowStartMs + skewMs
            && gc.CalculateSize() <= LargestExemplar;
    }

    private static GenerationBytes HeapOf(HeapSizes heap) => new(
        SafeBytes(heap.Gen0Bytes), SafeBytes(heap.Gen1Bytes), SafeBytes(heap.Gen2Bytes), SafeBytes(heap.LohBytes), SafeBytes(heap.PohBytes));

    private static long CountOf(VitalsWindow message, int generation) => generation < message.GcCounts.Count ? message.GcCounts[generation] : 0;

    private static double Safe(double value) => double.IsFinite(value) && value > 0 ? Math.Min(value, Most) : 0;

    private static long SafeBytes(long bytes) => Math.Clamp(bytes, 0, MostBytes);
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FleetProf.Measures.GcPauses;
using FleetProf.Measures.Traces;

namespace FleetProf.Agent.Collectors.DotNet.Vitals;

/// <summary>
/// Decodes the runtime's GC events, by their raw ids and fixed layouts, into a <see cref="PauseTracker"/>. Later runtimes only
/// append fields, so what is longer than expected is fine; what is shorter is counted and left out. Expects events in time order.
/// Source of the layouts: the runtime's event manifest (ClrEtwAll.man); checked against recorded traces of .NET 10.
/// </summary>
internal sealed class GcEventDecoder(IPauseObserver observer, Action<TraceClock>? onStart = null) : INettraceSink
{
    private NettraceEventType? knownType;
    private bool isRuntime;
    private int pointerBytes = 8;

    /// <summary>Null until the head of the trace has arrived.</summary>
    public PauseTracker? Tracker { get; private set; }

    public long MalformedEvents { get; private set; }

    public void OnStart(TraceClock clock)
    {
        pointerBytes = clock.PointerBytes;
        Tracker = new PauseTracker(clock.TicksPerSecond, observer);
        onStart?.Invoke(clock);
    }

    public void OnEvent(in NettraceEvent traceEvent)
    {
        if (!ReferenceEquals(traceEvent.Type, knownType))
        {
            knownType = traceEvent.Type;
            isRuntime = knownType.Provider == TraceProvider.Runtime;
        }
        if (isRuntime && Tracker is { } tracker && !TryDecode(tracker, traceEvent)) MalformedEvents++;
    }

    public void OnSequencePoint(long ticks) => Tracker?.Settle();

    private bool TryDecode(PauseTracker tracker, in NettraceEvent traceEvent)
    {
        var (ticks, thread) = (traceEvent.Ticks, traceEvent.ThreadId);
        var payload = traceEvent.Payload;
        switch (traceEvent.Type.EventId)
        {
            case 1: return TryDecodeStart(tracker, ticks, thread, payload);
            case 2:
                if (payload.Length < 4) return false;
                tracker.GcEnd(ticks, thread, Int32(payload, 0));
                return true;
            case 3: tracker.RestartEnd(ticks, thread); return true;
            case 4: return TryDecodeStatistics(tracker, thread, payload);
            case 7: tracker.RestartBegin(ticks, thread); return true;
            case 8: tracker.SuspendEnd(ticks, thread); return true;
            case 9:
                if (payload.Length < 4) return false;
                tracker.SuspendBegin(ticks, thread, Int32(payload, 0));
                return true;
            case 39: return TryDecodeCommitted(tracker, thread, payload);
            case 204: return TryDecodeHistory(tracker, thread, payload);
            default: return true;
        }
    }

    // Count, Depth (the condemned generation), Reason, Type.
    private static bool TryDecodeStart(PauseTracker tracker, long ticks, long thread, ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 16) return false;
        var (number, generation, kind) = (Int32(payload, 0), Int32(payload, 4), Int32(payload, 12));
        if (number <= 0 || generation is < 0 or > 2 || kind is < 0 or > 2) return false;
        tracker.GcStart(ticks, thread, number, generation, (GcReason)Int32(payload, 8), (GcKind)kind);
        return true;
    }

    // Size and promoted bytes of generations 0, 1, 2 and the large object heap; finalization bytes and count; pinned objects,
    // sync blocks, handles; instance id; since .NET 5 size and promoted bytes of the pinned object heap.
    private static bool TryDecodeStatistics(PauseTracker tracker, long thread, ReadOnlySpan<byte> payload)
    {
        const int WithPinnedHeapBytes = 110;
        if (payload.Length < 92) return false;
        var hasPinnedHeap = payload.Length >= WithPinnedHeapBytes;
        var after = new GenerationBytes(Int64(payload, 0), Int64(payload, 16), Int64(payload, 32), Int64(payload, 48), hasPinnedHeap ? Int64(payload, 94) : 0);
        var promoted = Int64(payload, 8) + Int64(payload, 24) + Int64(payload, 40) + Int64(payload, 56) + (hasPinnedHeap ? Int64(payload, 102) : 0);
        tracker.Statistics(thread, new HeapStatistics(after, promoted, Int64(payload, 72), Int32(payload, 80), Int32(payload, 88)));
        return true;
    }

    // A name, the length of the data, the data: version, then in use, global decommit, free, global free, bookkeeping.
    private static bool TryDecodeCommitted(PauseTracker tracker, long thread, ReadOnlySpan<byte> payload)
    {
        var name = MemoryMarshal.AsBytes("CommittedUsage\0".AsSpan());
        if (!payload.StartsWith(name)) return true;
        var data = payload[name.Length..];
        if (data.Length < 4 + 2 + 5 * 8) return false;
        long bytes = 0;
        for (var i = 0; i < 5; i++) bytes += Int64(data, 6 + i * 8);
        tracker.Committed(thread, bytes);
        return true;
    }

    // Version 3: a fixed part with eight pointer-sized fields, a count, and per generation ten pointer-sized numbers.
    private bool TryDecodeHistory(PauseTracker tracker, long thread, ReadOnlySpan<byte> payload)
    {
        const int FieldsPerGeneration = 10;
        var start = 2 + 7 * pointerBytes + 6 * 4 + 4;
        if (payload.Length < start) return false;
        var count = Int32(payload, start - 4);
        if (count is < 4 or > 16 || payload.Length < start + count * FieldsPerGeneration * pointerBytes) return false;
        var generations = payload[start..];
        tracker.History(thread, new HeapHistory(
            Column(generations, 0, count),
            Column(generations, 1, count) + Column(generations, 2, count),
            Column(generations, 3, count),
            Column(generations, 4, count) + Column(generations, 5, count)));
        return true;
    }

    private GenerationBytes Column(ReadOnlySpan<byte> generations, int field, int count) => new(
        Cell(generations, 0, field), Cell(generations, 1, field), Cell(generations, 2, field), Cell(generations, 3, field), count > 4 ? Cell(generations, 4, field) : 0);

    private long Cell(ReadOnlySpan<byte> generations, int generation, int field)
    {
        var offset = (generation * 10 + field) * pointerBytes;
        return pointerBytes == 8 ? Int64(generations, offset) : unchecked((uint)Int32(generations, offset));
    }

    private static int Int32(ReadOnlySpan<byte> payload, int offset) => BinaryPrimitives.ReadInt32LittleEndian(payload[offset..]);

    private static long Int64(ReadOnlySpan<byte> payload, int offset) => BinaryPrimitives.ReadInt64LittleEndian(payload[offset..]);
}

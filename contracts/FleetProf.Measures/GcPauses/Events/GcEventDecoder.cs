using FleetProf.Measures.Traces;

namespace FleetProf.Measures.GcPauses.Events;

/// <summary>
/// Decodes the runtime's GC events, by their raw ids and fixed layouts, into a <see cref="PauseTracker"/>. Later runtimes only
/// append fields, so what is longer than expected is fine; what is shorter is counted and left out. Expects events in time order.
/// Source of the layouts: the runtime's event manifest (ClrEtwAll.man); checked against recorded traces of .NET 10.
/// </summary>
public sealed class GcEventDecoder(IPauseObserver observer, Action<TraceClock>? onStart = null) : INettraceSink
{
    /// <summary>The provider whose events these are; keyword 0x1 at Informational is all that is needed.</summary>
    public const string Provider = "Microsoft-Windows-DotNETRuntime";

    private NettraceEventType? knownType;
    private bool isRuntime;
    private int pointerBytes = 8;

    /// <summary>Null until the head of the trace has arrived.</summary>
    public PauseTracker? Tracker { get; private set; }

    public long MalformedEvents { get; private set; }

    /// <summary>Events of the runtime that this class knows.</summary>
    public static bool IsDecoded(int eventId) => eventId is 1 or 2 or 3 or 4 or 7 or 8 or 9 or 35 or 39 or 202 or 204 or 205;

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
            isRuntime = knownType.Provider == Provider;
        }
        if (Tracker is not { } tracker) return;
        if (traceEvent.IsAfterLoss) tracker.Lost(traceEvent.Ticks, traceEvent.ThreadId);
        if (isRuntime && !TryDecode(tracker, traceEvent)) MalformedEvents++;
    }

    public void OnSequencePoint(long ticks) => Tracker?.Settle();

    public void OnLoss(long ticks) => Tracker?.LostAll(ticks);

    private bool TryDecode(PauseTracker tracker, in NettraceEvent traceEvent)
    {
        var (ticks, thread) = (traceEvent.Ticks, traceEvent.ThreadId);
        var payload = traceEvent.Payload;
        switch (traceEvent.Type.EventId)
        {
            case 1: return TryDecodeStart(tracker, ticks, thread, payload);
            case 2:
                if (payload.Length < 4) return false;
                tracker.GcEnd(ticks, thread, GcPayloads.Int32(payload, 0));
                return true;
            case 3: tracker.RestartEnd(ticks, thread); return true;
            case 4:
                if (!GcPayloads.TryReadStatistics(payload, out var statistics)) return false;
                tracker.Statistics(thread, statistics);
                return true;
            case 7: tracker.RestartBegin(ticks, thread); return true;
            case 8: tracker.SuspendEnd(ticks, thread); return true;
            case 9:
                if (payload.Length < 4) return false;
                tracker.SuspendBegin(ticks, thread, GcPayloads.Int32(payload, 0));
                return true;
            case 35: tracker.Triggered(ticks, thread); return true;
            case 39: return TryDecodeCommitted(tracker, thread, payload);
            case 202: return TryDecodeMark(tracker, ticks, thread, payload);
            case 204:
                if (!GcPayloads.TryReadHistory(payload, pointerBytes, out var heap)) return false;
                tracker.History(thread, heap);
                return true;
            case 205:
                if (!GcPayloads.TryReadGlobal(payload, out var global)) return false;
                tracker.Global(thread, global);
                return true;
            default: return true;
        }
    }

    // Count, Depth (the condemned generation), Reason, Type.
    private static bool TryDecodeStart(PauseTracker tracker, long ticks, long thread, ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 16) return false;
        var (number, generation, kind) = (GcPayloads.Int32(payload, 0), GcPayloads.Int32(payload, 4), GcPayloads.Int32(payload, 12));
        if (number <= 0 || generation is < 0 or > 2 || kind is < 0 or > 2) return false;
        tracker.GcStart(ticks, thread, number, generation, (GcReason)GcPayloads.Int32(payload, 8), (GcKind)kind);
        return true;
    }

    // Heap number, instance id, kind of root, bytes.
    private static bool TryDecodeMark(PauseTracker tracker, long ticks, long thread, ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 18) return false;
        tracker.Marked(ticks, thread, GcPayloads.Int32(payload, 0), GcPayloads.Int32(payload, 6), GcPayloads.Int64(payload, 10));
        return true;
    }

    private static bool TryDecodeCommitted(PauseTracker tracker, long thread, ReadOnlySpan<byte> payload)
    {
        if (!GcPayloads.IsCommitted(payload)) return true;
        if (!GcPayloads.TryReadCommitted(payload, out var bytes)) return false;
        tracker.Committed(thread, bytes);
        return true;
    }
}

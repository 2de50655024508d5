namespace FleetProf.Measures.Traces;

/// <summary>
/// Delivers events in the order of their time. A stream is sorted per thread only; this holds events back until the stream, by a
/// sorted event or a sequence point, says that nothing older can come, or until <see cref="Flush"/>.
/// Allocates nothing once its buffers have grown to the size of a batch.
/// </summary>
public sealed class EventSorter(INettraceSink target) : INettraceSink
{
    private const int MaxHeldEvents = 65_536;
    private const int MaxHeldBytes = 8 << 20;

    private static readonly Comparison<Held> ByTimeThenArrival = (left, right) =>
        left.Ticks != right.Ticks ? left.Ticks.CompareTo(right.Ticks) : left.Arrival.CompareTo(right.Arrival);

    private readonly List<Held> held = [];
    private readonly List<Held> kept = [];
    private byte[] bytes = new byte[4096];
    private byte[] spare = new byte[4096];
    private int usedBytes;
    private long arrivals;
    private long latestTicks = long.MinValue;
    private bool isInOrder = true;

    private readonly record struct Held(NettraceEventType Type, long Ticks, long Arrival, long ThreadId, int StackId, int Offset, int Length, bool IsAfterLoss);

    public int HeldEvents => held.Count;

    public void OnStart(TraceClock clock) => target.OnStart(clock);

    public void OnEvent(in NettraceEvent traceEvent)
    {
        if (traceEvent.IsSorted) Release(traceEvent.Ticks);
        // A reader that far behind its target gives up waiting for stragglers rather than memory.
        if (held.Count >= MaxHeldEvents || usedBytes > MaxHeldBytes) Flush();
        var payload = traceEvent.Payload;
        if (bytes.Length - usedBytes < payload.Length) Array.Resize(ref bytes, Math.Max(bytes.Length * 2, usedBytes + payload.Length));
        payload.CopyTo(bytes.AsSpan(usedBytes));
        held.Add(new Held(traceEvent.Type, traceEvent.Ticks, arrivals++, traceEvent.ThreadId, traceEvent.StackId, usedBytes, payload.Length, traceEvent.IsAfterLoss));
        usedBytes += payload.Length;
        (isInOrder, latestTicks) = (isInOrder && traceEvent.Ticks >= latestTicks, Math.Max(latestTicks, traceEvent.Ticks));
    }

    /// <summary>Says that a sorted event of this time came by which the caller leaves out: nothing older can come.</summary>
    public void Pass(long ticks) => Release(ticks);

    public void OnSequencePoint(long ticks)
    {
        Flush();
        target.OnSequencePoint(ticks);
    }

    public void OnLoss(long ticks)
    {
        Flush();
        target.OnLoss(ticks);
    }

    /// <summary>Delivers everything held. Right when the stream has been quiet for longer than the runtime's write interval (0.1 s).</summary>
    public void Flush() => Release(long.MaxValue);

    private void Release(long beforeTicks)
    {
        if (held.Count == 0) return;
        // Workstation GC writes from one thread at a time: then there is nothing to sort, and sorting would be most of the work.
        if (!isInOrder) held.Sort(ByTimeThenArrival);
        foreach (var entry in held)
        {
            if (entry.Ticks < beforeTicks || beforeTicks == long.MaxValue)
                target.OnEvent(new NettraceEvent(entry.Type, entry.Ticks, entry.ThreadId, entry.StackId, true, bytes.AsSpan(entry.Offset, entry.Length)) { IsAfterLoss = entry.IsAfterLoss });
            else kept.Add(entry);
        }
        held.Clear();
        usedBytes = 0;
        (isInOrder, latestTicks) = (true, kept.Count > 0 ? kept[^1].Ticks : long.MinValue);
        if (kept.Count > 0) Compact();
    }

    private void Compact()
    {
        if (spare.Length < bytes.Length) spare = new byte[bytes.Length];
        foreach (var entry in kept)
        {
            bytes.AsSpan(entry.Offset, entry.Length).CopyTo(spare.AsSpan(usedBytes));
            held.Add(entry with { Offset = usedBytes });
            usedBytes += entry.Length;
        }
        kept.Clear();
        (bytes, spare) = (spare, bytes);
    }
}

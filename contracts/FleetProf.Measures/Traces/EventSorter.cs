namespace FleetProf.Measures.Traces;

/// <summary>
/// Delivers events in the order of their time. A stream is sorted per thread only; this holds events back until the stream, by a
/// sorted event or a sequence point, says that nothing older can come, or until <see cref="Flush"/>. What comes in order is not
/// sorted again: the runs in which events come are merged. Allocates nothing once its buffers have grown to the size of a batch.
/// </summary>
/// <param name="target">Takes them.</param>
/// <param name="limits">How much to hold back at most; null: <see cref="TraceLimits.Default"/>.</param>
public sealed class EventSorter(INettraceSink target, TraceLimits? limits = null) : INettraceSink
{
    private readonly TraceLimits limits = limits ?? TraceLimits.Default;
    private readonly EventRuns runs = new();

    // Events and payloads in the order of arrival, delivered ones among them until the next compaction.
    private Held[] held = new Held[64];
    private byte[] bytes = new byte[4096];
    private Held[] spareHeld = [];
    private byte[] spareBytes = [];
    private int count;
    private int usedBytes;
    private int heldBytes;

    // The run that still grows is not among the others yet.
    private int growingFrom;
    private long latestTicks;

    private record struct Held(NettraceEventType Type, long Ticks, long ThreadId, int StackId, int Offset, int Length, bool IsAfterLoss);

    public int HeldEvents { get; private set; }

    public void OnStart(TraceClock clock) => target.OnStart(clock);

    public void OnEvent(in NettraceEvent traceEvent)
    {
        if (traceEvent.IsSorted) Release(traceEvent.Ticks);
        // A reader that far behind its target gives up waiting for stragglers rather than memory.
        if (HeldEvents >= limits.HeldEvents || heldBytes > limits.HeldBytes) Flush();
        if (traceEvent.Ticks < latestTicks) EndRun();
        var payload = traceEvent.Payload;
        if (count == held.Length) Array.Resize(ref held, count * 2);
        if (bytes.Length - usedBytes < payload.Length) Array.Resize(ref bytes, Math.Max(bytes.Length * 2, usedBytes + payload.Length));
        payload.CopyTo(bytes.AsSpan(usedBytes));
        held[count++] = new Held(traceEvent.Type, traceEvent.Ticks, traceEvent.ThreadId, traceEvent.StackId, usedBytes, payload.Length, traceEvent.IsAfterLoss);
        latestTicks = traceEvent.Ticks;
        usedBytes += payload.Length;
        heldBytes += payload.Length;
        HeldEvents++;
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

    private void EndRun()
    {
        if (growingFrom < count) runs.Add(held[growingFrom].Ticks, growingFrom, count);
        (growingFrom, latestTicks) = (count, long.MinValue);
    }

    private void Release(long beforeTicks)
    {
        if (HeldEvents == 0) return;
        EndRun();
        while (runs.Count > 0 && (runs.First.Ticks < beforeTicks || beforeTicks == long.MaxValue)) DeliverRun(Math.Min(beforeTicks, runs.OthersTicks));
        // Moves fewer events than it has delivered since the last time, so that it costs nothing in the long run.
        if (HeldEvents < count / 2 || heldBytes < usedBytes / 2 || HeldEvents == 0) Compact();
    }

    // At least one event, which is the oldest; then as long as the run is ahead of the others.
    private void DeliverRun(long untilTicks)
    {
        ref var run = ref runs.First;
        try
        {
            do
            {
                ref readonly var next = ref held[run.Next++];
                HeldEvents--;
                heldBytes -= next.Length;
                target.OnEvent(new NettraceEvent(next.Type, next.Ticks, next.ThreadId, next.StackId, true, bytes.AsSpan(next.Offset, next.Length)) { IsAfterLoss = next.IsAfterLoss });
            }
            while (run.Next < run.End && held[run.Next].Ticks < untilTicks);
        }
        finally
        {
            // Also when the target throws: what it has got must not come again.
            if (run.Next < run.End) run.Ticks = held[run.Next].Ticks;
            runs.Settle();
        }
    }

    private void Compact()
    {
        if (spareHeld.Length < HeldEvents) spareHeld = new Held[held.Length];
        if (spareBytes.Length < heldBytes) spareBytes = new byte[bytes.Length];
        (count, usedBytes) = (0, 0);
        foreach (ref var run in runs.All)
        {
            var (start, from) = (count, held[run.Next].Offset);
            for (; run.Next < run.End; run.Next++) spareHeld[count++] = held[run.Next] with { Offset = held[run.Next].Offset - from + usedBytes };
            var length = spareHeld[count - 1].Offset + spareHeld[count - 1].Length - usedBytes;
            bytes.AsSpan(from, length).CopyTo(spareBytes.AsSpan(usedBytes));
            usedBytes += length;
            (run.Next, run.End) = (start, count);
        }
        if (HeldEvents > 0) (held, spareHeld, bytes, spareBytes) = (spareHeld, held, spareBytes, bytes);
        growingFrom = count;
    }
}

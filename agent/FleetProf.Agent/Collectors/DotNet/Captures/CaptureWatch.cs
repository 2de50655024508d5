using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Events;
using FleetProf.Measures.Traces;

namespace FleetProf.Agent.Collectors.DotNet.Captures;

/// <summary>
/// Reads a recording while it is written: whether it holds anything of use, whether it is whole, and for a heap snapshot when its
/// collection has ended and how long it stopped the target. Bytes it cannot read only end its knowledge. Not thread-safe.
/// </summary>
internal sealed class CaptureWatch : INettraceSink, IPauseObserver
{
    private const int BulkNode = 18;

    // The provider that only says which process this is.
    private const string SessionHead = "Microsoft-DotNETCore-EventPipe";

    private readonly bool isHeapSnapshot;
    private readonly NettraceReader reader;
    private readonly GcEventDecoder decoder;
    private readonly EventSorter sorter;
    private bool isUnreadable;

    public CaptureWatch(bool isHeapSnapshot)
    {
        this.isHeapSnapshot = isHeapSnapshot;
        reader = new NettraceReader(this);
        decoder = new GcEventDecoder(this);
        sorter = new EventSorter(decoder);
    }

    /// <summary>There is something to analyse: an event, of a heap snapshot an object.</summary>
    public bool HasContent { get; private set; }

    /// <summary>The bytes are of a format that this class knows.</summary>
    public bool IsReadable => !isUnreadable;

    /// <summary>The end mark was read: nothing is missing.</summary>
    public bool HasEnded => reader.HasEnded;

    /// <summary>The collection of the heap snapshot is over.</summary>
    public bool HasSnapshotEnded { get; private set; }

    /// <summary>How long the snapshot's collection stopped the target.</summary>
    public double StallMs { get; private set; }

    public void Take(ReadOnlySpan<byte> piece)
    {
        if (isUnreadable) return;
        try
        {
            reader.Read(piece);
        }
        catch (NettraceFormatException)
        {
            // Newer runtimes may write what we do not know; the analyzer has the last word on the bytes.
            isUnreadable = true;
        }
    }

    /// <summary>The stream has been quiet for longer than the runtime's write interval: nothing older can come.</summary>
    public void Settle()
    {
        if (isHeapSnapshot) sorter.Flush();
    }

    void INettraceSink.OnStart(TraceClock clock)
    {
        if (!isHeapSnapshot) return;
        sorter.OnStart(clock);
        // Every induced full collection in this short session counts as ours: the walk is part of each.
        decoder.Tracker?.BeginOwnSnapshot(long.MinValue);
    }

    void INettraceSink.OnEvent(in NettraceEvent traceEvent)
    {
        if (!isHeapSnapshot)
        {
            HasContent |= traceEvent.Type.Provider != SessionHead;
            return;
        }
        if (traceEvent.Type.Provider != TraceProvider.Runtime) return;
        if (traceEvent.Type.EventId == BulkNode) HasContent = true;
        // The bulk of a snapshot tells nothing about pauses; holding it back for sorting would only cost.
        if (traceEvent.Payload.Length < 1_000) sorter.OnEvent(traceEvent);
    }

    void INettraceSink.OnSequencePoint(long ticks)
    {
        if (isHeapSnapshot) sorter.OnSequencePoint(ticks);
    }

    void INettraceSink.OnLoss(long ticks)
    {
        if (isHeapSnapshot) sorter.OnLoss(ticks);
    }

    void IPauseObserver.OnPause(in GcPause pause)
    {
        if (!pause.IsOwn || HasSnapshotEnded) return;
        StallMs = pause.PauseMs;
        HasSnapshotEnded = true;
    }

    void IPauseObserver.OnGc(in GcRecord gc)
    {
    }

    void IPauseObserver.OnOtherSuspension(long endTicks, double suspensionMs)
    {
    }

    void IPauseObserver.OnMissedGcs(long ticks, int count)
    {
    }
}

using FleetProf.Measures.Traces;

namespace FleetProf.Measures.GcPauses.Events;

/// <summary>
/// Lets through to a sorter what a <see cref="GcEventDecoder"/> knows, and of a payload no more than it reads. Of other events only
/// what they say about the stream: that a thread's events were lost before, and that nothing older can come.
/// </summary>
/// <param name="sorter">In front of the decoder.</param>
public sealed class GcEventFilter(EventSorter sorter) : INettraceSink
{
    // The largest layout that is decoded, 204 with 16 generations, takes 1,366 bytes.
    private const int MostPayloadBytes = 2048;

    private NettraceEventType? knownType;
    private bool isDecoded;

    public void OnStart(TraceClock clock) => sorter.OnStart(clock);

    public void OnEvent(in NettraceEvent traceEvent)
    {
        if (!ReferenceEquals(traceEvent.Type, knownType))
        {
            knownType = traceEvent.Type;
            isDecoded = knownType.Provider == GcEventDecoder.Provider && GcEventDecoder.IsDecoded(knownType.EventId);
        }
        if (!isDecoded && !traceEvent.IsAfterLoss)
        {
            if (traceEvent.IsSorted) sorter.Pass(traceEvent.Ticks);
            return;
        }
        var payload = isDecoded ? traceEvent.Payload[..Math.Min(traceEvent.Payload.Length, MostPayloadBytes)] : default;
        sorter.OnEvent(new NettraceEvent(traceEvent.Type, traceEvent.Ticks, traceEvent.ThreadId, traceEvent.StackId, traceEvent.IsSorted, payload) { IsAfterLoss = traceEvent.IsAfterLoss });
    }

    public void OnSequencePoint(long ticks) => sorter.OnSequencePoint(ticks);

    public void OnLoss(long ticks) => sorter.OnLoss(ticks);
}

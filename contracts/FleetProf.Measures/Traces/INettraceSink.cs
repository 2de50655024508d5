namespace FleetProf.Measures.Traces;

/// <summary>Takes what a <see cref="NettraceReader"/> finds, in stream order. Spans are valid during the call only.</summary>
public interface INettraceSink
{
    /// <summary>The head of the trace, once, before anything else.</summary>
    void OnStart(TraceClock clock)
    {
    }

    void OnEvent(in NettraceEvent traceEvent);

    /// <summary>All events before this point of the stream are older than <paramref name="ticks"/>, all later ones newer; stack ids start anew.</summary>
    void OnSequencePoint(long ticks)
    {
    }

    /// <summary>Events before a sequence point, whose <paramref name="ticks"/> these are, turn out to be lost, and none of their threads has told so.</summary>
    void OnLoss(long ticks)
    {
    }

    /// <summary>Instruction pointers, leaf first, of the trace's pointer size. Delivered only when <see cref="WantsStacks"/>.</summary>
    void OnStack(int stackId, ReadOnlySpan<byte> addresses)
    {
    }

    bool WantsStacks => false;
}

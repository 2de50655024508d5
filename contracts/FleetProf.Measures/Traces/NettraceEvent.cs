namespace FleetProf.Measures.Traces;

/// <summary>One event, valid only during the call that delivers it: <see cref="Payload"/> points into the read buffer.</summary>
public readonly ref struct NettraceEvent(NettraceEventType type, long ticks, long threadId, int stackId, bool isSorted, ReadOnlySpan<byte> payload)
{
    public NettraceEventType Type { get; } = type;

    /// <summary>When it happened, by the target's performance counter; see <see cref="TraceClock"/>.</summary>
    public long Ticks { get; } = ticks;

    /// <summary>Operating system id of the thread it happened on, in the target's namespace.</summary>
    public long ThreadId { get; } = threadId;

    /// <summary>Key into the stacks delivered since the last sequence point; 0: none.</summary>
    public int StackId { get; } = stackId;

    /// <summary>True: no later event of the stream is older than this one.</summary>
    public bool IsSorted { get; } = isSorted;

    public ReadOnlySpan<byte> Payload { get; } = payload;

    /// <summary>True: the runtime dropped events of this thread just before this one.</summary>
    public bool IsAfterLoss { get; init; }
}

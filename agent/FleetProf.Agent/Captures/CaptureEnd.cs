namespace FleetProf.Agent.Captures;

/// <summary>What ended collecting.</summary>
internal enum CaptureEnd
{
    /// <summary>The time is over, or the heap snapshot is complete.</summary>
    Complete,

    /// <summary>The target closed the stream without being asked.</summary>
    StreamEnded,
    ByteLimit,
    SpoolFull,

    /// <summary>A fault of ours, or a broken disk.</summary>
    Faulted,
    Cancelled,
    AgentStopping,

    /// <summary>The heap snapshot did not end in time.</summary>
    TimedOut,
}

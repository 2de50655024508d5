namespace FleetProf.Agent.Captures.Journal;

/// <summary>How far a capture has come. The numbers are on disk.</summary>
internal enum JournalStage
{
    /// <summary>Durable before the target is touched: from here on it never runs again.</summary>
    Started = 1,

    /// <summary>A session in the target is asked for next: if this process cannot, the next one is to end it.</summary>
    Attached = 2,

    /// <summary>The artifact is durable in the spool and waits for its upload.</summary>
    Collected = 3,

    /// <summary>The result is final.</summary>
    Finished = 4,

    /// <summary>The silo has the result.</summary>
    Acknowledged = 5,

    /// <summary>The pause that was waited for has come: what is recorded from here on is worth keeping.</summary>
    Fired = 6,
}

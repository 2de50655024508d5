namespace FleetProf.Faults.History;

/// <summary>What a line of the history tells.</summary>
internal enum HistoryKind
{
    /// <summary>A client asked for something; whether it happened is not known.</summary>
    Invoked,

    /// <summary>It was answered with yes: from now on it must not be lost.</summary>
    Acknowledged,

    /// <summary>It was answered with no, or not at all.</summary>
    Unanswered,

    /// <summary>An agent began an attempt of a capture.</summary>
    Started,

    /// <summary>An agent ended it.</summary>
    Ended,

    /// <summary>An agent's process was killed, and with it all that it was doing.</summary>
    AgentGone,

    /// <summary>What the portal says of a capture.</summary>
    Observed,

    /// <summary>The portal does not know what it had acknowledged.</summary>
    Missing,

    /// <summary>At the end, every capture of a campaign was looked at once more, and what follows this was fetched once more.</summary>
    Looked,

    /// <summary>The SHA-256 of an original as it was downloaded; empty when it could not be.</summary>
    Stored,

    /// <summary>Sessions in a target when nothing is captured any more.</summary>
    Settled,

    /// <summary>A target is rid of the sessions of an agent that was killed, or some are left in it though nobody waits any longer.</summary>
    Released,

    /// <summary>How many captures of a service may run at once.</summary>
    Bound,

    /// <summary>It was refused to who may not do it.</summary>
    Denied,

    /// <summary>An agent was not let in, or was locked out, because it is there twice.</summary>
    Refused,

    /// <summary>An agent lost its silo, or did not reach one.</summary>
    Lost,

    /// <summary>A row of the audit log.</summary>
    Audited,

    /// <summary>How much memory a process of the fleet had in a quiet moment.</summary>
    Memory,

    Fault,
    Healed,

    /// <summary>Everything has had its time; nothing is looked at after it.</summary>
    Final,
}

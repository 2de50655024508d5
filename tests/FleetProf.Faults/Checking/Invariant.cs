namespace FleetProf.Faults.Checking;

/// <summary>What holds whatever fails.</summary>
internal enum Invariant
{
    /// <summary>No acknowledged campaign, capture or upload is lost.</summary>
    I1NothingLost = 1,

    /// <summary>At most one start of an attempt.</summary>
    I2StartedOnce = 2,

    /// <summary>Everything is over a minute after its deadline.</summary>
    I3EndsInTime = 3,

    /// <summary>What is stored is what the agent recorded.</summary>
    I4SameBytes = 4,

    /// <summary>Never more captures of a service at once than allowed.</summary>
    I5WithinBounds = 5,

    /// <summary>A target is left with its vitals session and no other, and soon with none of an agent that was killed.</summary>
    I6NoSessionLeft = 6,

    /// <summary>Every acknowledged or denied action is in the audit log.</summary>
    I7Audited = 7,
}

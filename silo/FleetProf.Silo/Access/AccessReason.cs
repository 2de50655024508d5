namespace FleetProf.Silo.Access;

/// <summary>Why an agent or a host was let in (None) or not. Every decision is logged and counted by one of these.</summary>
internal enum AccessReason
{
    None = 0,

    // Of connections.
    NoCertificate,
    UntrustedIssuer,
    WrongUsage,
    NoIdentity,
    NotYetValid,
    Expired,

    /// <summary>The certificate of the connection has ended, and the agent has a newer one: no refusal, it only has to come with that.</summary>
    Renewed,

    // Of agents.
    UnknownAgent,
    Pending,
    Revoked,
    Quarantined,

    /// <summary>A certificate that a newer one of the same agent, already in use, has replaced.</summary>
    Replaced,

    /// <summary>The message names another agent than the certificate.</summary>
    OtherIdentity,

    /// <summary>The capture was ordered from another agent.</summary>
    OtherCapture,

    // Of join tokens.
    TokenMalformed,
    TokenUnknown,
    TokenExpired,
    TokenRevoked,
    TokenUsedUp,
    TokenElsewhere,

    // Of signing requests.
    RequestMalformed,
    RequestNotProven,
    RequestKeyUnsuitable,

    TooMany,
}

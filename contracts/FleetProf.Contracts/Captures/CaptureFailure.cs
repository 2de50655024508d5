namespace FleetProf.Contracts.Captures;

/// <summary>Why a capture has no (complete) result: the one vocabulary of log, metric, portal and tests. Values are never renumbered.</summary>
public enum CaptureFailure
{
    None = 0,
    AttachDenied = 1,
    DiagnosticsDisabled = 2,
    SocketGone = 3,
    SocketNotOwned = 4,
    RuntimeTooOld = 5,
    ProcessExited = 6,
    ProcessReplaced = 7,
    RefusedByPolicy = 8,
    BudgetRefused = 9,
    MemoryHeadroomTooSmall = 10,
    Busy = 11,
    Expired = 12,
    Cancelled = 13,
    TimedOut = 14,
    ByteLimitReached = 15,
    SpoolFull = 16,
    ArtifactTruncated = 17,
    UploadInterrupted = 18,
    UploadMismatch = 19,
    AgentLost = 20,
    AgentUnreachable = 21,
    InstanceGone = 22,
    AnalysisFailed = 23,
    Quarantined = 24,
    StoreFull = 25,
    UnknownInstance = 26,
    InternalError = 27,
}

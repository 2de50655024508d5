namespace FleetProf.Agent.Captures;

/// <summary>Why a capture has no complete result. Every name equals a member of the contracts' CaptureFailure, because names are what is sent.</summary>
internal enum CaptureFailure
{
    None,
    AttachDenied,
    DiagnosticsDisabled,
    SocketGone,
    SocketNotOwned,
    RuntimeTooOld,
    ProcessExited,
    ProcessReplaced,
    RefusedByPolicy,
    MemoryHeadroomTooSmall,
    Busy,
    Expired,
    Cancelled,
    TimedOut,
    ByteLimitReached,
    SpoolFull,
    UploadInterrupted,
    UploadMismatch,
    StoreFull,
    AgentLost,
    InstanceGone,
    InternalError,
    TriggerNotFired,
    StallTooLong,
    NotForRuntime,
    ProfilerBusy,
    PprofUnavailable,
    Held,
}

namespace FleetProf.Agent.Collectors.DotNet;

/// <summary>Why a diagnostic port could not be used. Every name equals a member of the contracts' CaptureFailure.</summary>
public enum DiagnosticFailure
{
    AttachDenied,
    SocketGone,
    SocketNotOwned,
    RuntimeTooOld,
    ProcessExited,
    TimedOut,

    /// <summary>The port answered something the protocol does not allow, or refused for a reason of its own.</summary>
    InternalError,
}

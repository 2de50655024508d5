namespace FleetProf.Contracts.Captures;

/// <summary>What happened and what to do next, for every <see cref="CaptureFailure"/>; shown by portal, CLI and REST alike.</summary>
public static class CaptureFailureAdvice
{
    /// <summary>One sentence on what happened. Never empty, also for unknown values of newer peers.</summary>
    public static string Explain(CaptureFailure failure) => Of(failure).Explanation;

    /// <summary>One sentence on the next step. Never empty.</summary>
    public static string NextStep(CaptureFailure failure) => Of(failure).NextStep;

    private static (string Explanation, string NextStep) Of(CaptureFailure failure) => failure switch
    {
        CaptureFailure.None => ("The capture succeeded.", "Open its results."),
        CaptureFailure.AttachDenied => ("The operating system did not let the agent attach.", "Run the agent as root, as the target's user, or with CAP_SYS_PTRACE and CAP_DAC_OVERRIDE."),
        CaptureFailure.DiagnosticsDisabled => ("The target runs with its diagnostic port switched off.", "Remove DOTNET_EnableDiagnostics=0 (or DOTNET_EnableDiagnostics_IPC=0) from the service and redeploy it."),
        CaptureFailure.SocketGone => ("The target's diagnostic socket no longer exists, though the process runs.", "Something cleans its temporary folder: exclude dotnet-diagnostic-* from the cleaner and restart the service."),
        CaptureFailure.SocketNotOwned => ("A socket with the target's name, or the port that the host's policy names for it, belongs to another process.", "Find who created it: on this host somebody may be impersonating the service's diagnostic port or pprof port."),
        CaptureFailure.RuntimeTooOld => ("The target's runtime does not support this kind of capture.", "Choose another kind, or move the service to .NET 8 or newer."),
        CaptureFailure.ProcessExited => ("The target ended while it was being captured.", "Capture another instance; a partial artifact, if any, is kept with this capture."),
        CaptureFailure.ProcessReplaced => ("The process id now belongs to another process.", "Nothing was captured. Start a new capture on a current instance."),
        CaptureFailure.RefusedByPolicy => ("The agent's local policy file forbids this capture.", "Ask the owner of the host to change the policy file, or capture another instance."),
        CaptureFailure.BudgetRefused => ("The capture would exceed the budget of the service or host.", "Wait for running captures to end, or lower the sample size."),
        CaptureFailure.MemoryHeadroomTooSmall => ("Its session could push the target over its memory limit.", "Capture an instance with a smaller heap or a higher limit; a heap snapshot needs more memory than the other kinds."),
        CaptureFailure.Busy => ("Another capture is running on this host.", "Try again when it has ended."),
        CaptureFailure.Expired => ("The capture was not over when its time was up.", "Start it again with a later deadline or a smaller sample."),
        CaptureFailure.Cancelled => ("The capture was stopped.", "Start a new one when you need it."),
        CaptureFailure.TimedOut => ("The target, or its agent, did not answer in time.", "Look at the target's CPU throttling, and whether its agent is connected, then try again."),
        CaptureFailure.ByteLimitReached => ("The capture reached its size limit and was cut.", "Choose a shorter duration or a higher limit."),
        CaptureFailure.SpoolFull => ("The agent's spool folder is full; the stream was drained and discarded.", "Free disk space on the host or raise the spool limit."),
        CaptureFailure.ArtifactTruncated => ("The artifact ends in the middle of its data.", "Download the original to inspect it, or capture again."),
        CaptureFailure.UploadInterrupted => ("The upload did not finish before the deadline.", "Check the network between agent and silo; the agent resumes by itself when it can."),
        CaptureFailure.UploadMismatch => ("The received bytes do not match the agent's checksum.", "Capture again; if it repeats, check disk and memory of the host."),
        CaptureFailure.AgentLost => ("The agent restarted while it was capturing.", "Start the capture again; it is never repeated without being asked."),
        CaptureFailure.AgentUnreachable => ("No agent for this instance is connected.", "Check that the agent runs on the host and reaches the silo's agent port."),
        CaptureFailure.InstanceGone => ("The instance ended before the capture began.", "Capture a current instance."),
        CaptureFailure.AnalysisFailed => ("The analyzer could not read the artifact.", "Download the original; it is kept byte for byte."),
        CaptureFailure.Quarantined => ("The analyzer overran its limits or crashed twice on this artifact.", "Treat the file as suspect. The original stays downloadable."),
        CaptureFailure.StoreFull => ("The silo's artifact store is out of space.", "Free space or move the data folder, then capture again."),
        CaptureFailure.UnknownInstance => ("No such instance is known.", "List instances and choose a current one."),
        CaptureFailure.InternalError => ("FleetProf itself failed.", "Look into the silo's and the agent's log for this capture id, and report it."),
        CaptureFailure.TriggerNotFired => ("No pause was long enough before the capture was given up.", "Look at the longest GCs of the service, then choose a lower limit, a later deadline or more instances."),
        CaptureFailure.AgentTooOld => ("The agent on this host is too old to wait for a pause.", "Update the agent, or capture at once."),
        CaptureFailure.StallTooLong => ("A heap snapshot would by estimate stop the process for longer than is allowed.", "Use kind alloc, take an instance that serves nobody out of rotation, or allow a longer stop (--max-stall)."),
        CaptureFailure.NotForRuntime => ("The target's runtime has no such capture.", "Of a Go program choose trace, alloc, gcdump or goroutines, without waiting for a pause; of a .NET process trace, alloc, gcdump or gc."),
        CaptureFailure.ProfilerBusy => ("Another CPU profile runs in the target, and Go makes one at a time.", "Try again when it has ended, or ask who profiles this program all the time."),
        CaptureFailure.PprofUnavailable => ("The port that the host's policy names did not give a profile.", "Check that the program serves net/http/pprof under /debug/pprof/ on that port of 127.0.0.1, in the host's network."),
        CaptureFailure.Held => ("Captures are on hold, or the agent has been without its silo for too long to know that they are not.", "See `fleetprof hold list` for who stopped them and why; capture again when it is lifted."),
        CaptureFailure.UploadBudget => ("The agent had sent more within an hour than one agent may, and the capture ended before it could go on.", "Lower the sample size or the size limit of its captures, or raise FleetProf:Captures:UploadBytesPerHour of the silo."),
        _ => ("A newer component reported a failure that this version does not know.", "Update the silo and the portal."),
    };
}

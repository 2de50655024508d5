using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Discovery;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Captures;

/// <summary>Whether a target is still the process it was when it was discovered.</summary>
internal static class TargetCheck
{
    /// <summary>Null when the capture may attach.</summary>
    public static CaptureOutcome? Refuse(CaptureDeskSeams seams, string instanceId, out TargetProcess? target)
    {
        target = seams.Find(instanceId);
        var failure = ToFailure(seams.ProblemOf(instanceId));
        if (failure != CaptureFailure.None) return CaptureOutcome.Failed(failure, $"Discovery found: {failure}.");
        return target is null ? CaptureOutcome.Failed(CaptureFailure.InstanceGone, $"Instance {instanceId} is not, or no longer, on this host.") : Refuse(target);
    }

    /// <summary>By pid and start time, which no other process shares while this host runs.</summary>
    public static CaptureOutcome? Refuse(TargetProcess target)
    {
        var pid = target.Pid;
        return ProcessReading.Read(pid) switch
        {
            null or { State: 'Z' or 'X' } => CaptureOutcome.Failed(CaptureFailure.InstanceGone, $"Process {pid} has ended."),
            { } reading when reading.StartJiffies != target.StartJiffies => CaptureOutcome.Failed(CaptureFailure.ProcessReplaced, $"Process id {pid} now belongs to a process that started later."),
            _ => null,
        };
    }

    private static CaptureFailure ToFailure(InstanceProblem problem) => problem switch
    {
        InstanceProblem.DiagnosticsDisabled => CaptureFailure.DiagnosticsDisabled,
        InstanceProblem.SocketGone => CaptureFailure.SocketGone,
        InstanceProblem.SocketNotOwned => CaptureFailure.SocketNotOwned,
        InstanceProblem.RuntimeTooOld => CaptureFailure.RuntimeTooOld,
        InstanceProblem.AccessDenied => CaptureFailure.AttachDenied,
        InstanceProblem.DeniedByPolicy => CaptureFailure.RefusedByPolicy,
        // A lost vitals session says nothing about the next one.
        _ => CaptureFailure.None,
    };
}

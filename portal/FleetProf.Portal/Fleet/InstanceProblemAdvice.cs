using FleetProf.Contracts.Fleet;

namespace FleetProf.Portal.Fleet;

/// <summary>What a state or problem of an instance means and what to do about it; short, then in full.</summary>
internal static class InstanceProblemAdvice
{
    /// <summary>A word or three for a table.</summary>
    public static string NameOf(Instance instance) => instance.Problem switch
    {
        InstanceProblem.None => NameOf(instance.State),
        InstanceProblem.DiagnosticsDisabled => "diagnostics off",
        InstanceProblem.SocketGone => "socket gone",
        InstanceProblem.SocketNotOwned => "foreign socket",
        InstanceProblem.RuntimeTooOld => "runtime too old",
        InstanceProblem.AccessDenied => "access denied",
        InstanceProblem.DeniedByPolicy => "denied by policy",
        InstanceProblem.SessionLost => "session lost",
        _ => "not watched",
    };

    public static string NameOf(InstanceState state) => state switch { InstanceState.Running => "running", InstanceState.Ended => "ended", _ => "agent away" };

    /// <summary>What to do; empty when all is well.</summary>
    public static string NextStepOf(Instance instance) => instance.Problem switch
    {
        InstanceProblem.None => instance.State == InstanceState.Unreachable
            ? "The agent of this host is not connected; the process may well run. Look at the log of the agent on that host."
            : "",
        InstanceProblem.DiagnosticsDisabled => "Remove DOTNET_EnableDiagnostics=0 (or DOTNET_EnableDiagnostics_IPC=0) from the service and restart it.",
        InstanceProblem.SocketGone => "Something deletes dotnet-diagnostic-* sockets: exclude them from the cleaner of temporary files and restart the service.",
        InstanceProblem.SocketNotOwned => "Another process made a socket with this process's name: find out who, before you trust this host.",
        InstanceProblem.RuntimeTooOld => "Move the service to .NET 8 or newer.",
        InstanceProblem.AccessDenied => "Run the agent as root, as the user of the service, or with CAP_SYS_PTRACE and CAP_DAC_OVERRIDE.",
        InstanceProblem.DeniedByPolicy => "The policy file of the agent forbids it: ask the owner of the host.",
        InstanceProblem.SessionLost => "The event session broke and is started again by itself; if this stays, look at the agent's log.",
        _ => "Update the portal: it does not know this problem yet.",
    };
}

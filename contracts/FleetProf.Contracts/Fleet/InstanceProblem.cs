namespace FleetProf.Contracts.Fleet;

/// <summary>Why a running process cannot be watched or captured. Numbers equal those of agent.proto.</summary>
public enum InstanceProblem
{
    None = 0,
    DiagnosticsDisabled = 1,
    SocketGone = 2,
    SocketNotOwned = 3,
    RuntimeTooOld = 4,
    AccessDenied = 5,
    DeniedByPolicy = 6,
    SessionLost = 7,
}

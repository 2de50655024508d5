using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Discovery;

/// <summary>A discovered process: what the silo is told, and what captures need.</summary>
/// <param name="Description">As of the last examination, without problems of sessions. Not to be changed.</param>
/// <param name="Target">Null when the process cannot be attached to; the description says why.</param>
/// <param name="StartJiffies">With the pid, the process's identity.</param>
public sealed record KnownInstance(Instance Description, TargetProcess? Target, long StartJiffies)
{
    public string InstanceId => Description.InstanceId;
}

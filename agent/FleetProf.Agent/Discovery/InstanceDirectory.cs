using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Discovery;

/// <summary>The instances that discovery knows now. Thread-safe.</summary>
public sealed class InstanceDirectory
{
    /// <summary>Null when unknown or ended.</summary>
    public TargetProcess? Find(string instanceId) => null;

    /// <summary>Why the instance cannot be captured; None when it can, or is unknown.</summary>
    public InstanceProblem ProblemOf(string instanceId) => InstanceProblem.None;
}

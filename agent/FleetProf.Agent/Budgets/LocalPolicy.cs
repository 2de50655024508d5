using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Budgets;

/// <summary>The host owner's last word on captures.</summary>
public sealed class LocalPolicy
{
    /// <summary>Null when allowed, else one sentence that names the rule and the policy file. Counts the capture against its rates only when <see cref="Started"/> is called.</summary>
    public string? Refuse(CaptureKind kind, string service, string instanceId) => null;

    /// <summary>Why captures of this service are never allowed; null when they may be.</summary>
    public string? DenialOf(string service) => null;

    /// <summary>The capture begins now: rates and cool-downs count from here, also over a restart of the agent.</summary>
    public void Started(CaptureKind kind, string service, string instanceId)
    {
    }
}

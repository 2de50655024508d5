using FleetProf.Contracts.Fleet;

namespace FleetProf.Silo.Gateway.Agents;

/// <summary>The stream that speaks for an agent now.</summary>
internal sealed record AgentBinding(ISessionHub Hub, string SessionId, string ProcessNonce, DateTimeOffset LastSignAt)
{
    public string HostName { get; init; } = "";

    public bool CanWaitForPauses { get; init; }
}

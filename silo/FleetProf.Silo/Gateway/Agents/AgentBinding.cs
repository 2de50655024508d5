using FleetProf.Contracts.Fleet;

namespace FleetProf.Silo.Gateway.Agents;

/// <summary>The stream that speaks for an agent now.</summary>
/// <param name="Hub">Of its silo.</param>
/// <param name="SessionId">Of the stream.</param>
/// <param name="ProcessNonce">Tells the agent's process from another one.</param>
/// <param name="LastSignAt">A timestamp of the clock that only goes on.</param>
internal sealed record AgentBinding(ISessionHub Hub, string SessionId, string ProcessNonce, long LastSignAt)
{
    public string HostName { get; init; } = "";

    public bool CanWaitForPauses { get; init; }
}

using FleetProf.Contracts.Fleet;

namespace FleetProf.Silo.Tests.Fleet;

/// <summary>Instances as an agent would have reported them.</summary>
internal static class Instances
{
    public static Instance Of(string instanceId, string agentId = "agent1", string service = "checkout", string version = "1.0") =>
        new() { InstanceId = instanceId, Service = service, Version = version, AgentId = agentId, Host = $"host-of-{agentId}" };
}

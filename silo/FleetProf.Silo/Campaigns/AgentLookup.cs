using FleetProf.Contracts.Fleet;

namespace FleetProf.Silo.Campaigns;

/// <summary>Finds the grain of an agent.</summary>
internal delegate IAgentGrain AgentLookup(string agentId);

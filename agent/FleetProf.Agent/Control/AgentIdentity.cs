namespace FleetProf.Agent.Control;

/// <summary>Who this agent is to the silo, from the state folder. <paramref name="Secret"/> binds the id where no client certificate does.</summary>
public sealed record AgentIdentity(string AgentId, string Secret);

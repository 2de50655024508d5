namespace FleetProf.Agent.Collectors.DotNet;

/// <summary>Who listens at the other end of a connection, by the kernel's word (SO_PEERCRED), in the agent's own namespaces.</summary>
public readonly record struct SocketPeer(int Pid, uint UserId, uint GroupId);

namespace FleetProf.Agent.Captures.Journal;

/// <summary>A session in a target, as the next agent process needs it to end what a killed one left.</summary>
internal sealed record AttachedSession(int Pid, long StartJiffies, string SocketPath, ulong SessionId);

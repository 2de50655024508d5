namespace FleetProf.Agent.Captures.Journal;

/// <summary>Where a session begins, as the next agent process needs it to end what a killed one left. Agents of the version before wrote its id too, which nobody reads.</summary>
internal sealed record AttachedSession(int Pid, long StartJiffies, string SocketPath);

namespace FleetProf.Agent.Captures.Spool;

/// <summary>The spool's disk neither takes bytes nor refuses them: whoever waits for it waits for nothing.</summary>
internal sealed class SpoolStuckException(string message) : IOException(message);

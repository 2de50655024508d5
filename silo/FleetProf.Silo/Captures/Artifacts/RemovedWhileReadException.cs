namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>The stored file that is read is there no more, or no more the same. Whoever opens its name again finds which.</summary>
internal sealed class RemovedWhileReadException(Exception cause) : IOException("The stored artifact was removed or replaced while it was read.", cause);

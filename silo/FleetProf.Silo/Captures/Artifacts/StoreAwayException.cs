namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>
/// The shelf is elsewhere and does not answer now, or its folder is not mounted; what was asked for may well be there. Trying again later is all there is
/// to do.
/// </summary>
internal sealed class StoreAwayException(string message, Exception? cause) : IOException(message, cause);

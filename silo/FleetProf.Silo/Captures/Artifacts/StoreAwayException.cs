namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>
/// The shelf is elsewhere and does not answer now, its folder is not mounted, or it refuses everything: an access key, whatever is written. What was asked for
/// may well be there. Trying again later is all there is to do; where it refuses, somebody has to change what the message names first.
/// </summary>
internal sealed class StoreAwayException(string message, Exception? cause) : IOException(message, cause)
{
    /// <summary>Whether the store answers, and does not allow it: this file may be the only one.</summary>
    public bool IsRefusal { get; init; }
}

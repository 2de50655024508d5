namespace FleetProf.Contracts;

/// <summary>
/// The silo is there, and its database cannot do its work: repeating the call helps once it can. It crosses processes as an exception of the runtime's own,
/// told from that of a silo that is away by how its message begins.
/// </summary>
public static class CatalogOutage
{
    private const string Beginning = "The silo cannot use its database: ";

    /// <param name="text">What is wrong, and the next step. It may name hosts, never secrets.</param>
    public static SiloUnavailableException Of(string text) => new(Beginning + text);

    public static bool IsCauseOf(Exception? exception) => exception switch
    {
        null => false,
        SiloUnavailableException outage when outage.Message.StartsWith(Beginning, StringComparison.Ordinal) => true,
        _ => IsCauseOf(exception.InnerException),
    };
}

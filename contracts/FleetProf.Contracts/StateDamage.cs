namespace FleetProf.Contracts;

/// <summary>
/// What the catalog holds of one grain cannot be read: it is damaged, or was written by another version. Repeating the call does not help; calls of
/// other grains are not affected. It crosses processes as an exception of the runtime's own, told from others by how its message begins.
/// </summary>
public static class StateDamage
{
    private const string Beginning = "Stored state cannot be read: ";

    /// <param name="text">The row and the next step.</param>
    /// <param name="cause">What reading it threw.</param>
    public static InvalidDataException Of(string text, Exception? cause = null) => new(Beginning + text, cause);

    /// <summary>The row and the next step, where this is the cause of the exception; null where it is not.</summary>
    public static string? In(Exception? exception) => exception switch
    {
        null => null,
        InvalidDataException damage when damage.Message.StartsWith(Beginning, StringComparison.Ordinal) => damage.Message[Beginning.Length..],
        _ => In(exception.InnerException),
    };
}

namespace FleetProf.Contracts.GcPauses;

/// <summary>
/// A trend has more points than one answer may: repeating the question does not help, a smaller one does. It crosses processes as an exception of the
/// runtime's own, told from others by how its message begins.
/// </summary>
public static class TooManyPoints
{
    private const string Beginning = "Too many points: ";

    /// <param name="text">How many they are, and what to ask for instead.</param>
    public static ArgumentException Of(string text) => new(Beginning + text);

    /// <summary>How many they are and what to ask for instead, where this is the cause of the exception; null where it is not.</summary>
    public static string? In(Exception? exception) => exception switch
    {
        null => null,
        ArgumentException refusal when refusal.Message.StartsWith(Beginning, StringComparison.Ordinal) => refusal.Message[Beginning.Length..],
        _ => In(exception.InnerException),
    };
}

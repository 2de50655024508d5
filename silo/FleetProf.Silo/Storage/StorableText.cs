namespace FleetProf.Silo.Storage;

/// <summary>
/// A server takes texts of whole characters without U+0000 only, a file takes any. People, agents and analyzers write texts, and one that is
/// refused would be tried again for ever. Ids are checked where they come in.
/// </summary>
internal static class StorableText
{
    /// <summary>The text as both databases take it; itself where nothing is wrong with it.</summary>
    public static string Of(string text) => text.AsSpan().ContainsAnyInRange('\ud800', '\udfff') || text.Contains('\0', StringComparison.Ordinal)
        ? string.Concat(text.EnumerateRunes().Where(rune => rune.Value != 0))
        : text;

    /// <summary>Its beginning, which ends with a whole character.</summary>
    /// <param name="text">Of any length.</param>
    /// <param name="mostChars">At least 1.</param>
    public static string Of(string text, int mostChars)
    {
        if (text.Length <= mostChars)
        {
            return Of(text);
        }

        return Of(text[..(char.IsHighSurrogate(text[mostChars - 1]) ? mostChars - 1 : mostChars)]);
    }
}

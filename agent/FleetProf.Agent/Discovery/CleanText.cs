using System.Globalization;
using System.Text;

namespace FleetProf.Agent.Discovery;

/// <summary>Names that a target gives itself are its own word: they are shortened and lose everything that could steer a terminal or a page.</summary>
internal static class CleanText
{
    public const int NameChars = 128;

    /// <summary>Without control, format and surrogate-broken characters, trimmed, at most <paramref name="maxChars"/> long.</summary>
    public static string Of(string? text, int maxChars = NameChars)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var clean = new StringBuilder(Math.Min(text.Length, maxChars));
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar || IsInvisible(Rune.GetUnicodeCategory(rune))) continue;
            if (clean.Length + rune.Utf16SequenceLength > maxChars) break;
            clean.Append(rune);
        }
        return clean.ToString().Trim();
    }

    private static bool IsInvisible(UnicodeCategory category) => category
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}

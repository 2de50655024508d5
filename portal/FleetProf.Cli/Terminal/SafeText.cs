using System.Globalization;
using System.Text;

namespace FleetProf.Cli.Terminal;

/// <summary>Names come from watched processes: nothing in them may command the terminal or a spreadsheet.</summary>
public static class SafeText
{
    /// <summary>One line without control, format (bidirectional) and surrogate-half characters.</summary>
    public static string ForTerminal(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            safe.Append(IsHarmless(rune) ? rune.ToString() : " ");
        }

        return safe.ToString();
    }

    /// <summary>A CSV field; what a spreadsheet would run as a formula gets a leading apostrophe.</summary>
    public static string ForCsv(string? text)
    {
        var safe = ForTerminal(text);
        if (safe.Length > 0 && safe[0] is '=' or '+' or '-' or '@' && !double.TryParse(safe, CultureInfo.InvariantCulture, out _))
        {
            safe = "'" + safe;
        }

        return safe.AsSpan().ContainsAny(',', '"', ';') ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or
         UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned);
}

using System.Buffers;
using System.Globalization;

namespace FleetProf.Analysis.Profiles;

/// <summary>RFC 4180 rows. Text that a spreadsheet would run as a formula is made inert with a leading apostrophe: names come from untrusted artifacts.</summary>
public static class CsvWriter
{
    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create(",\"\r\n\t");

    /// <summary>Strings are guarded and quoted; null is an empty cell; numbers are written invariantly.</summary>
    public static void WriteRow(TextWriter output, params ReadOnlySpan<object?> cells)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0)
            {
                output.Write(',');
            }

            output.Write(cells[i] is string text ? Quoted(Guarded(text)) : Convert.ToString(cells[i], CultureInfo.InvariantCulture));
        }

        output.Write("\r\n");
    }

    private static string Guarded(string text) => text.Length > 0 && "=+-@\t\r\n".Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;

    private static string Quoted(string text) =>
        text.AsSpan().ContainsAny(NeedsQuotes) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}

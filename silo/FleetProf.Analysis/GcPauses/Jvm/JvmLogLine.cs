using System.Globalization;
using System.Text;

namespace FleetProf.Analysis.GcPauses.Jvm;

/// <summary>
/// A line of a unified log (-Xlog), whose decorations the operator chooses: any of wall time, uptime, level and tags in brackets, or none. A container's time stamp may stand before them.
/// Source: JEP 158 and the java command's description of -Xlog.
/// </summary>
internal readonly record struct JvmLogLine(DateTimeOffset? Time, double? UptimeSeconds, string? Tags, string Message)
{
    private const int MostDecorations = 12;
    private const int MostWordsInFront = 3;
    private const double LongestSeconds = 1e10;

    public static JvmLogLine Parse(ReadOnlySpan<byte> line)
    {
        var text = Encoding.UTF8.GetString(line);
        DateTimeOffset? time = null;
        double? uptime = null;
        string? tags = null;
        var at = StartOf(text);
        for (var i = 0; i < MostDecorations && at < text.Length && text[at] == '['; i++)
        {
            var end = text.IndexOf(']', at);
            if (end < 0)
            {
                break;
            }

            var decoration = text.AsSpan(at + 1, end - at - 1).Trim();
            at = end + 1;
            if (Uptime(decoration) is { } seconds)
            {
                uptime ??= seconds;
            }
            else if (decoration.Length > 0 && char.IsAsciiDigit(decoration[0]))
            {
                // Process and thread numbers are digits only.
                time ??= decoration.Contains('T') && DateTimeOffset.TryParse(decoration, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var wall) ? wall : null;
            }
            else if (decoration is not ("trace" or "debug" or "info" or "warning" or "error"))
            {
                // Host names may stand here too; the tags come last.
                tags = decoration.ToString();
            }
        }

        return new JvmLogLine(time, uptime, tags, text[at..].TrimStart());
    }

    // Behind what a container puts in front of a line: "2026-11-29T10:00:00.000000000Z stdout F ", or the time alone.
    private static int StartOf(string text)
    {
        var at = 0;
        for (var i = 0; i < MostWordsInFront; i++)
        {
            var end = text.IndexOf(' ', at);
            if (end < 0 || !IsOfContainer(text.AsSpan(at, end - at)))
            {
                break;
            }

            at = end + 1;
        }

        return at;
    }

    // The last ones tell whether the line is full or a part.
    private static bool IsOfContainer(ReadOnlySpan<char> word) => word is "stdout" or "stderr" or "F" or "P" || (word.Length > 0 && char.IsAsciiDigit(word[0]) && word.Contains('T') && word.Contains(':'));

    // "0.441s", "441ms" and "441000000ns".
    private static double? Uptime(ReadOnlySpan<char> text)
    {
        var (unit, scale) = text switch
        {
            [.., 'm', 's'] => (2, 1e-3),
            [.., 'n', 's'] => (2, 1e-9),
            [.., 's'] => (1, 1.0),
            _ => (0, 0.0),
        };
        return unit > 0 && double.TryParse(text[..^unit], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value * scale <= LongestSeconds
            ? value * scale
            : null;
    }
}

using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace FleetProf.Silo.Hosting;

/// <summary>
/// One line for people per entry: time, level, source, message. What callers and hosts say can neither begin a line of its own nor steer the terminal; an
/// exception follows in indented lines, for its message may quote them.
/// </summary>
internal sealed class ConsoleLineFormatter : ITextFormatter
{
    private static readonly MessageTemplateTextFormatter Line = new("{Timestamp:HH:mm:ss.fff} {Level:u3} {SourceContext} {Message:lj}", CultureInfo.InvariantCulture);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var line = new StringWriter(CultureInfo.InvariantCulture);
        Line.Format(logEvent, line);
        output.WriteLine(Visible(line.ToString()));
        foreach (var part in logEvent.Exception?.ToString().ReplaceLineEndings("\n").Split('\n') ?? [])
        {
            output.WriteLine($"  {Visible(part)}");
        }
    }

    private static string Visible(string text) =>
        text.Any(IsHidden) ? string.Concat(text.Select(character => IsHidden(character) ? ' ' : character)) : text;

    private static bool IsHidden(char character) => char.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}

using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace FleetProf.Portal.Hosting;

/// <summary>The console's lines, as the silo's are: what callers say can neither begin one nor steer the terminal, and an exception follows indented.</summary>
internal sealed class ConsoleLineFormatter : ITextFormatter
{
    private static readonly MessageTemplateTextFormatter Head = new("{Timestamp:HH:mm:ss.fff} {Level:u3} {SourceContext}: {Message:lj}", CultureInfo.InvariantCulture);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var head = new StringWriter(CultureInfo.InvariantCulture);
        Head.Format(logEvent, head);
        output.WriteLine(OnOneLine(head.ToString()));
        using var exception = new StringReader(logEvent.Exception?.ToString() ?? "");
        while (exception.ReadLine() is { } line)
        {
            output.WriteLine("  " + OnOneLine(line));
        }
    }

    private static string OnOneLine(string text) => string.Create(text.Length, text, static (shown, from) =>
    {
        for (var i = 0; i < from.Length; i++)
        {
            shown[i] = char.GetUnicodeCategory(from[i]) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? ' ' : from[i];
        }
    });
}

using System.Text.Json;

namespace FleetProf.Analysis.Allocations.Escapes;

/// <summary>
/// Reads a file that `go build -gcflags=-json=0,DIR` wrote: a head line, then a diagnostic a line. Lines count from 1 there, unlike in the
/// language server protocol. It has no word for what does not escape. Source: cmd/compile/internal/logopt.
/// </summary>
public sealed class EscapeJsonReader(EscapeReport report)
{
    private const int LongestLine = 1 << 20;

    private string _file = "";
    private string _package = "";

    /// <summary>Whether the text was such a file: a wrong line is passed over, a wrong head is not.</summary>
    public bool Read(TextReader text)
    {
        if (text.ReadLine() is not { } head || !TryHead(head))
        {
            return false;
        }

        while (text.ReadLine() is { } line)
        {
            if (line.Length is > 1 and <= LongestLine && Parsed(line) is { } document)
            {
                using (document)
                {
                    Take(document.RootElement);
                }
            }
        }

        return true;
    }

    private bool TryHead(string line)
    {
        using var document = line.Length <= LongestLine ? Parsed(line) : null;
        if (document?.RootElement is not { ValueKind: JsonValueKind.Object } head || Text(head, "file") is not { Length: > 0 } file)
        {
            return false;
        }

        (_file, _package, report.GoVersion) = (file, Text(head, "package") ?? "", Text(head, "gc_version") ?? report.GoVersion);
        return true;
    }

    private void Take(JsonElement diagnostic)
    {
        var message = Text(diagnostic, "message") ?? "";
        if (Text(diagnostic, "code") is not ("escape" or "escapes" or "leak") || EscapeTextReader.SubjectOf(message.TrimEnd(':')) is not (var kind, { } subject) || !TryPlace(diagnostic, out var line, out var column))
        {
            return;
        }

        report.Add(new EscapeLine(_file, _package, line, column, kind, subject) { Reason = EscapeLine.ReasonOf(Steps(diagnostic)) });
    }

    private static List<string> Steps(JsonElement diagnostic)
    {
        const string Flow = "escflow:";
        var steps = new List<string>();
        if (diagnostic.TryGetProperty("relatedInformation", out var related) && related.ValueKind == JsonValueKind.Array)
        {
            foreach (var entry in related.EnumerateArray())
            {
                if (Text(entry, "message") is { } message && message.StartsWith(Flow, StringComparison.Ordinal) && EscapeTextReader.StepOf(message[Flow.Length..].TrimStart()) is { } step)
                {
                    steps.Add(step);
                }
            }
        }

        return steps;
    }

    private static bool TryPlace(JsonElement diagnostic, out int line, out int column)
    {
        (line, column) = (0, 0);
        return diagnostic.TryGetProperty("range", out var range) && range.ValueKind == JsonValueKind.Object
            && range.TryGetProperty("start", out var start) && start.ValueKind == JsonValueKind.Object
            && start.TryGetProperty("line", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out line)
            && start.TryGetProperty("character", out var character) && character.ValueKind == JsonValueKind.Number && character.TryGetInt32(out column);
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static JsonDocument? Parsed(string line)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

using System.Globalization;

namespace FleetProf.Analysis.Allocations.Escapes;

/// <summary>Reads what `go build -gcflags=-m=2` prints; -m alone is the same without reasons. Lines that are none of it are passed over.</summary>
public sealed class EscapeTextReader(EscapeReport report)
{
    private const int LongestLine = 16_384;
    private const string Escapes = " escapes to heap";

    private readonly List<string> _steps = [];
    private (string File, int Line, int Column, string Subject)? _explained;
    private string _package = "";

    public void Read(TextReader text)
    {
        while (text.ReadLine() is { } line)
        {
            Take(line.Length <= LongestLine ? line : line[..LongestLine]);
        }

        EndFlow();
    }

    private void Take(string line)
    {
        if (line.StartsWith("# ", StringComparison.Ordinal))
        {
            EndFlow();
            _package = line[2..].Trim();
            return;
        }

        if (!TryPlace(line, out var file, out var number, out var column, out var text))
        {
            return;
        }

        if (text.StartsWith("  ", StringComparison.Ordinal))
        {
            if (StepOf(text.TrimStart()) is { } step)
            {
                _steps.Add(step);
            }

            return;
        }

        EndFlow();
        if (text.EndsWith(':') && HeadingOf(text[..^1]) is (var explainedKind, { } explained))
        {
            _explained = (file, number, column, explained);
            report.Add(new EscapeLine(file, _package, number, column, explainedKind, explained));
            return;
        }

        if (SubjectOf(text) is (var kind, { } subject))
        {
            report.Add(new EscapeLine(file, _package, number, column, kind, subject));
        }
    }

    private void EndFlow()
    {
        if (_explained is (var file, var line, var column, var subject) && _steps.Count > 0)
        {
            report.Explain(file, line, column, subject, _steps);
        }

        _explained = null;
        _steps.Clear();
    }

    /// <summary>What stands above a flow. Newer compilers name the function behind it: "X escapes to heap in main.f".</summary>
    private static (EscapeKind Kind, string Subject)? HeadingOf(string text)
    {
        var function = text.LastIndexOf(Escapes + " in ", StringComparison.Ordinal);
        return SubjectOf(function < 0 ? text : text[..(function + Escapes.Length)]);
    }

    /// <summary>"from X (spill) at ./main.go:10:41" without its place; null for "flow: ...".</summary>
    internal static string? StepOf(string text)
    {
        if (!text.StartsWith("from ", StringComparison.Ordinal))
        {
            return null;
        }

        var end = text.LastIndexOf(" at ", StringComparison.Ordinal);
        return (end > 5 && text.IndexOf(':', end) > 0 ? text[5..end] : text[5..]).Trim();
    }

    /// <summary>What a statement says and of what; null for those that say nothing of allocation.</summary>
    internal static (EscapeKind Kind, string Subject)? SubjectOf(string text)
    {
        const string Stays = " does not escape", Moved = "moved to heap: ", Leaking = "leaking param", Parameter = "parameter ";
        if (text.EndsWith(Escapes, StringComparison.Ordinal))
        {
            return (EscapeKind.Escapes, text[..^Escapes.Length]);
        }

        if (text.EndsWith(Stays, StringComparison.Ordinal))
        {
            return (EscapeKind.DoesNotEscape, text[..^Stays.Length]);
        }

        if (text.StartsWith(Moved, StringComparison.Ordinal))
        {
            return (EscapeKind.MovedToHeap, text[Moved.Length..]);
        }

        if (text.StartsWith(Leaking, StringComparison.Ordinal) && text.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon)
        {
            return (EscapeKind.LeakingParameter, text[(colon + 2)..].Split(" to result ")[0]);
        }

        if (text.StartsWith(Parameter, StringComparison.Ordinal) && text.IndexOf(" leaks to ", StringComparison.Ordinal) is var leaks && leaks >= Parameter.Length)
        {
            return (EscapeKind.LeakingParameter, text[Parameter.Length..leaks]);
        }

        return Captured(text, " capturing by value: ", EscapeKind.CapturedByValue) ?? Captured(text, " capturing by ref: ", EscapeKind.CapturedByReference);
    }

    private static (EscapeKind, string)? Captured(string text, string words, EscapeKind kind)
    {
        var at = text.IndexOf(words, StringComparison.Ordinal);
        return at < 0 ? null : (kind, text[(at + words.Length)..].Split(" (addr=")[0]);
    }

    // FILE:LINE:COLUMN: TEXT; a file may hold colons, but no blank behind one.
    private static bool TryPlace(string line, out string file, out int number, out int column, out string text)
    {
        (file, number, column, text) = ("", 0, 0, "");
        var end = line.IndexOf(": ", StringComparison.Ordinal);
        if (end <= 0)
        {
            return false;
        }

        var place = line.AsSpan(0, end);
        if (place.LastIndexOf(':') is not (> 0 and var last) || !int.TryParse(place[(last + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out column))
        {
            return false;
        }

        var rest = place[..last];
        if (rest.LastIndexOf(':') is > 0 and var middle && int.TryParse(rest[(middle + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            file = rest[..middle].ToString();
        }
        else
        {
            (file, number, column) = (rest.ToString(), column, 0);
        }

        text = line[(end + 2)..];
        return number > 0 && file.EndsWith(".go", StringComparison.Ordinal);
    }
}

namespace FleetProf.Analysis.Allocations.Escapes;

/// <summary>The statements of an escape report, each once: the compiler repeats itself, with its reasons and without.</summary>
public sealed class EscapeReport
{
    /// <summary>More is no report of one program.</summary>
    public const int MostLines = 2_000_000;

    private readonly Dictionary<(string File, int Line, int Column, string Subject, EscapeKind Kind), EscapeLine> _lines = [];
    private readonly Dictionary<(string File, int Line, int Column, string Subject), string?> _reasons = [];

    /// <summary>In order of file and line.</summary>
    public IReadOnlyList<EscapeLine> Lines => [.. _lines.Values.OrderBy(line => line.File, StringComparer.Ordinal).ThenBy(line => line.Line).ThenBy(line => line.Column)];

    /// <summary>Of the compiler; null when the report does not say.</summary>
    public string? GoVersion { get; set; }

    /// <summary>Statements that were repeated.</summary>
    public int Repeated { get; private set; }

    /// <summary>Statements that came after the limit.</summary>
    public int LeftOut { get; private set; }

    public void Add(EscapeLine line)
    {
        var place = (line.File, line.Line, line.Column, line.Subject);
        line = line with { Reason = line.Reason ?? _reasons.GetValueOrDefault(place) };
        var key = (line.File, line.Line, line.Column, line.Subject, line.Kind == EscapeKind.MovedToHeap ? EscapeKind.Escapes : line.Kind);
        if (!_lines.TryGetValue(key, out var known))
        {
            if (_lines.Count >= MostLines)
            {
                LeftOut++;
                return;
            }

            _lines.Add(key, line);
            return;
        }

        // "n escapes to heap" and "moved to heap: n" are one statement, and the latter says more.
        Repeated++;
        _lines[key] = known with
        {
            Kind = known.Kind == EscapeKind.Escapes ? line.Kind : known.Kind,
            Reason = Better(known.Reason, line.Reason),
        };
    }

    /// <summary>Keeps the reason of a statement that is yet to come, or has come.</summary>
    public void Explain(string file, int line, int column, string subject, IReadOnlyCollection<string> steps)
    {
        var reason = EscapeLine.ReasonOf(steps);
        var place = (file, line, column, subject);
        if (_reasons.Count < MostLines)
        {
            _reasons[place] = Better(_reasons.GetValueOrDefault(place), reason);
        }

        var key = (file, line, column, subject, EscapeKind.Escapes);
        if (_lines.TryGetValue(key, out var known))
        {
            _lines[key] = known with { Reason = Better(known.Reason, reason) };
        }
    }

    // A size is what can be changed at this very line.
    private static string? Better(string? first, string? second) =>
        first is null || (second is not null && IsSize(second) && !IsSize(first)) ? second : first;

    private static bool IsSize(string reason) => reason.Contains("non-constant size", StringComparison.Ordinal) || reason.Contains("too large for stack", StringComparison.Ordinal);
}

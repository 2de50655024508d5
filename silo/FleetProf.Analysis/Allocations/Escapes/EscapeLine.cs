namespace FleetProf.Analysis.Allocations.Escapes;

/// <summary>One statement of an escape report.</summary>
/// <param name="File">As the report writes it.</param>
/// <param name="Package">Import path as far as the report says, else empty; a program's own is "main" or its path.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1; 0 when the report has none.</param>
/// <param name="Kind">What it says.</param>
/// <param name="Subject">Of what, as the compiler prints it: "make([]byte, n)", "func literal", the name of a variable.</param>
public sealed record EscapeLine(string File, string Package, int Line, int Column, EscapeKind Kind, string Subject)
{
    private const int LongestReason = 240;

    /// <summary>The flow by which it escapes, in one line; null when the report gives none.</summary>
    public string? Reason { get; init; }

    /// <summary>A constant as an interface: the compiler puts it into read-only data, so nothing is allocated.</summary>
    public bool IsConstant => Kind == EscapeKind.Escapes && IsLiteral(Subject);

    /// <summary>Whether it says that this line allocates.</summary>
    public bool IsAllocation => Kind == EscapeKind.MovedToHeap || (Kind == EscapeKind.Escapes && !IsConstant);

    /// <summary>Steps such as "func literal (spill)", in their order.</summary>
    public static string? ReasonOf(IReadOnlyCollection<string> steps)
    {
        var reason = string.Join(" → ", steps.Distinct());
        return reason.Length == 0 ? null : reason.Length <= LongestReason ? reason : reason[..(LongestReason - 1)] + "…";
    }

    // All of it: what only begins with a literal, as "user:" + name does, is put together while the program runs.
    private static bool IsLiteral(ReadOnlySpan<char> text)
    {
        const string Boxed = "(interface {})(string(", EndOfBoxed = "))";
        if (text.StartsWith(Boxed, StringComparison.Ordinal) && text.EndsWith(EndOfBoxed, StringComparison.Ordinal))
        {
            text = text[Boxed.Length..^EndOfBoxed.Length];
        }

        return text.Length > 0 && text[0] switch
        {
            '"' or '\'' or '`' => EndOfQuoted(text) == text.Length - 1,
            >= '0' and <= '9' => !text.Contains(' '),
            _ => text is "true" or "false",
        };
    }

    // Where the quote closes that the text opens with; -1 when it does not. In back quotes nothing is escaped.
    private static int EndOfQuoted(ReadOnlySpan<char> text)
    {
        for (var at = 1; at < text.Length; at++)
        {
            if (text[at] == text[0])
            {
                return at;
            }

            at += text[at] == '\\' && text[0] != '`' ? 1 : 0;
        }

        return -1;
    }
}

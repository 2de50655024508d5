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
    public bool IsConstant => Kind == EscapeKind.Escapes && Subject.Length > 0 && (char.IsAsciiDigit(Subject[0]) || Subject[0] is '"' or '\'' or '`' || Subject.StartsWith("(interface {})(string(\"", StringComparison.Ordinal) || Subject is "true" or "false");

    /// <summary>Whether it says that this line allocates.</summary>
    public bool IsAllocation => Kind == EscapeKind.MovedToHeap || (Kind == EscapeKind.Escapes && !IsConstant);

    /// <summary>Steps such as "func literal (spill)", in their order.</summary>
    public static string? ReasonOf(IReadOnlyCollection<string> steps)
    {
        var reason = string.Join(" → ", steps.Distinct());
        return reason.Length == 0 ? null : reason.Length <= LongestReason ? reason : reason[..(LongestReason - 1)] + "…";
    }
}

namespace FleetProf.Analysis.Allocations.Escapes;

/// <summary>A kind of statement that is easily taken for a cost, or against one.</summary>
/// <param name="Title">What the report says.</param>
/// <param name="Count">Statements of the kind.</param>
/// <param name="Example">One of them with its place.</param>
/// <param name="Text">What it means.</param>
public sealed record EscapeExplanation(string Title, int Count, string Example, string Text)
{
    internal static IEnumerable<EscapeExplanation> Of(EscapeCosts costs)
    {
        (string Title, Func<EscapeLine, bool> Is, string Text)[] kinds =
        [
            ("leaking param", line => line.Kind == EscapeKind.LeakingParameter, "No allocation. The argument is kept or returned, so it may have to be made on the heap; that is said at the caller's line, and counted there."),
            ("capturing by value", line => line.Kind == EscapeKind.CapturedByValue, "No allocation of the variable: it is copied into the closure. Only the closure counts, where its func literal escapes."),
            ("capturing by ref", line => line.Kind == EscapeKind.CapturedByReference, "The variable moves to the heap only if the closure escapes; then \"moved to heap\" says so."),
            ("a constant escapes to heap", line => line.IsConstant, "No allocation: a constant as an interface lies in read-only data."),
            ("escapes, but nothing was sampled there", line => line.IsAllocation && !costs.Allocates(line), "Right, and without a cost in this profile: the line ran seldom or never while it was taken, or was inlined and is counted at another line."),
            ("does not escape, but allocates", line => line.Kind == EscapeKind.DoesNotEscape && costs.Allocates(line) && costs.Sites.Any(site => site.Verdict == EscapeVerdict.DoesNotEscape && site.Place.Line == line.Line && site.Subjects.Contains(line.Subject)), "Only of the first backing store. Growing allocates, and the report has no word for it."),
        ];
        foreach (var (title, isKind, text) in kinds)
        {
            var lines = costs.Lines.Where(isKind).ToList();
            if (lines.Count > 0)
            {
                yield return new(title, lines.Count, $"{lines[0].File}:{lines[0].Line}: {lines[0].Subject}", text);
            }
        }

        if (costs.Repeated > 0)
        {
            yield return new("repeated lines", costs.Repeated, "", "The compiler says the same with its reasons, without them, and for each copy of a function; each statement was taken once.");
        }
    }
}

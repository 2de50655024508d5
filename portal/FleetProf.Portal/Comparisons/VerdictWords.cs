using FleetProf.Contracts.Comparisons;

namespace FleetProf.Portal.Comparisons;

/// <summary>How verdicts are written: never by colour alone.</summary>
internal static class VerdictWords
{
    public static string Of(ComparisonVerdict verdict) => verdict.ToString().ToUpperInvariant();

    /// <summary>The sentence of a comparison beside a tag that says the verdict already; the second part adds to the first and may be empty.</summary>
    public static (string Sentence, string More) SentenceOf(Comparison comparison)
    {
        var text = comparison.Sentence;
        var prefix = $"{Of(comparison.Verdict)}: ";
        text = text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? text[prefix.Length..] : text;
        text = text.Length > 0 ? char.ToUpperInvariant(text[0]) + text[1..] : "Waits for data.";
        var end = text.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? (text, "") : (text[..(end + 1)], text[(end + 2)..]);
    }

    public static string SignOf(ComparisonVerdict verdict) => verdict switch
    {
        ComparisonVerdict.Pass => "✓", ComparisonVerdict.Regressed => "▲", ComparisonVerdict.Inconclusive => "?", _ => "…",
    };

    public static string TagOf(ComparisonVerdict verdict) => verdict switch
    {
        ComparisonVerdict.Pass => "fp-good", ComparisonVerdict.Regressed => "fp-bad", ComparisonVerdict.Inconclusive => "fp-warn", _ => "",
    };
}

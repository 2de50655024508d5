using FleetProf.Contracts.Comparisons;

namespace FleetProf.Portal.Comparisons;

/// <summary>How verdicts are written: never by colour alone.</summary>
internal static class VerdictWords
{
    public static string Of(ComparisonVerdict verdict) => verdict.ToString().ToUpperInvariant();

    public static string SignOf(ComparisonVerdict verdict) => verdict switch
    {
        ComparisonVerdict.Pass => "✓", ComparisonVerdict.Regressed => "▲", ComparisonVerdict.Inconclusive => "?", _ => "…",
    };

    public static string TagOf(ComparisonVerdict verdict) => verdict switch
    {
        ComparisonVerdict.Pass => "fp-good", ComparisonVerdict.Regressed => "fp-bad", ComparisonVerdict.Inconclusive => "fp-warn", _ => "",
    };
}

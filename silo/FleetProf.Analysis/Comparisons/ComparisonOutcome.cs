namespace FleetProf.Analysis.Comparisons;

/// <summary>What a comparison, or one of its metrics, came to.</summary>
public enum ComparisonOutcome
{
    Pass,
    Regressed,

    /// <summary>Too little or too uneven data to say.</summary>
    Inconclusive,
}

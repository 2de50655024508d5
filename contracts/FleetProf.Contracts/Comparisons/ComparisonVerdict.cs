namespace FleetProf.Contracts.Comparisons;

/// <summary>Outcome of a comparison or of one of its metrics.</summary>
public enum ComparisonVerdict
{
    /// <summary>Not decided yet.</summary>
    Pending = 0,
    Pass = 1,
    Regressed = 2,

    /// <summary>Too little or too uneven data to say.</summary>
    Inconclusive = 3,
}

using FleetProf.Contracts.Comparisons;

namespace FleetProf.Silo.Comparisons;

/// <summary>What the comparison after a deploy says of it. Pending: nothing yet.</summary>
/// <param name="Service">Whose deploy it was.</param>
/// <param name="Version">What was deployed.</param>
/// <param name="ComparisonId">Which comparison says so.</param>
/// <param name="CreatedMs">When it was planned, Unix milliseconds.</param>
/// <param name="Verdict">What it says.</param>
internal sealed record DeployVerdict(string Service, string Version, string ComparisonId, long CreatedMs, ComparisonVerdict Verdict)
{
    /// <summary>Null for a comparison that somebody asked for: it is of no deploy.</summary>
    public static DeployVerdict? Of(Comparison comparison) => comparison.DeployId is null
        ? null
        : new(comparison.Service, comparison.Candidate.Version, comparison.ComparisonId, comparison.CreatedAt.ToUnixTimeMilliseconds(), comparison.Verdict);

    /// <summary>Whether it is of a newer deploy than another of the same service, or the decision about the same.</summary>
    public bool Replaces(DeployVerdict? other) =>
        other is null || CreatedMs > other.CreatedMs
        || (CreatedMs == other.CreatedMs && (ComparisonId == other.ComparisonId ? Verdict != ComparisonVerdict.Pending : string.CompareOrdinal(ComparisonId, other.ComparisonId) > 0));
}

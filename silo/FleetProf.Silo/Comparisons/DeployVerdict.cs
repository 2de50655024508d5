using FleetProf.Contracts.Comparisons;

namespace FleetProf.Silo.Comparisons;

/// <summary>What the comparison after a deploy says of it. Pending: nothing yet.</summary>
/// <param name="Service">Whose deploy it was.</param>
/// <param name="Environment">Where; empty where the deploy names none.</param>
/// <param name="Version">What was deployed.</param>
/// <param name="ComparisonId">Which comparison says so.</param>
/// <param name="CreatedMs">When it was planned, Unix milliseconds.</param>
/// <param name="Verdict">What it says.</param>
internal sealed record DeployVerdict(string Service, string Environment, string Version, string ComparisonId, long CreatedMs, ComparisonVerdict Verdict)
{
    /// <summary>As the metric shows what is decided: 0 pass, 1 regressed, 2 inconclusive.</summary>
    public int Value => (int)Verdict - 1;

    /// <summary>What one deploy replaces another in: that of staging says nothing of prod.</summary>
    public (string Service, string Environment) Place => (Service, Environment);

    /// <summary>Null for a comparison that somebody asked for: it is of no deploy.</summary>
    public static DeployVerdict? Of(Comparison comparison) => comparison.DeployId is null
        ? null
        : new(comparison.Service, comparison.Environment ?? "", comparison.Candidate.Version, comparison.ComparisonId, comparison.CreatedAt.ToUnixTimeMilliseconds(), comparison.Verdict);

    /// <summary>Whether it is of a newer deploy than another of the same service and environment, or the decision about the same.</summary>
    public bool Replaces(DeployVerdict? other) =>
        other is null || CreatedMs > other.CreatedMs
        || (CreatedMs == other.CreatedMs && (ComparisonId == other.ComparisonId ? Verdict != ComparisonVerdict.Pending : string.CompareOrdinal(ComparisonId, other.ComparisonId) > 0));
}

namespace FleetProf.Analysis.Comparisons;

/// <summary>The outcome of a comparison, with one honest sentence.</summary>
public sealed record ComparisonFinding(ComparisonOutcome Outcome, string Sentence, IReadOnlyList<MetricFinding> Metrics);

namespace FleetProf.Analysis.Comparisons.Experiments;

/// <summary>A prediction beside what was seen.</summary>
/// <param name="Predicted">As stored before the change.</param>
/// <param name="Seen">Null where there was nothing to see.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Sentence">With the numbers of both.</param>
public sealed record ExperimentFinding(PredictedEffect Predicted, MetricFinding? Seen, ExperimentOutcome Outcome, string Sentence);

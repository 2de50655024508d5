namespace FleetProf.Analysis.Comparisons.Experiments;

/// <summary>What was foretold of a metric before a change. Effects are candidate over baseline minus one.</summary>
/// <param name="Metric">"gc interval", "pause p50", ...</param>
/// <param name="Effect">As foretold.</param>
/// <param name="Low">Lower end of its 90 % interval.</param>
/// <param name="High">Upper end.</param>
public sealed record PredictedEffect(string Metric, double Effect, double Low, double High);

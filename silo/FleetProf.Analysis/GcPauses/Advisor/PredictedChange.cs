using FleetProf.Analysis.GcPauses.PauseCycle;

namespace FleetProf.Analysis.GcPauses.Advisor;

/// <summary>What the change would do to a metric, as far as that can be told.</summary>
/// <param name="Metric">"gc interval" or "pause p50", in milliseconds.</param>
/// <param name="Present">As it is now.</param>
/// <param name="Prediction">As it would be.</param>
public sealed record PredictedChange(string Metric, double Present, Prediction Prediction);

namespace FleetProf.Portal.GcPauses;

/// <summary>Query of a trend.</summary>
public sealed record TrendParameters : StepParameters;

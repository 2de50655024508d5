namespace FleetProf.Silo.Captures.Analyses;

/// <summary>How a run of the analyzer ended; the detail is for people.</summary>
internal sealed record AnalyzerOutcome(AnalyzerEnd End, string? Detail = null);

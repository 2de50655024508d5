namespace FleetProf.Silo.Captures;

/// <summary>How a run of the analyzer ended; the detail is for people.</summary>
internal sealed record AnalyzerOutcome(AnalyzerEnd End, string? Detail = null);

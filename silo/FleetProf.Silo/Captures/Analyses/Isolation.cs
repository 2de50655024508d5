namespace FleetProf.Silo.Captures.Analyses;

/// <summary>How the analyzer is kept apart on this host.</summary>
/// <param name="Level">By the silo, from outside.</param>
/// <param name="Layers">By itself, from inside.</param>
internal sealed record Isolation(IsolationLevel Level, AnalyzerLayers Layers);

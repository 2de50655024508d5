namespace FleetProf.Analysis.GcPauses.Advisor;

/// <summary>One number that made a rule fire.</summary>
/// <param name="Name">"time in GC", "survival", ...</param>
/// <param name="Value">As seen.</param>
/// <param name="Unit">"%", "ms", "B", "B/s", "1/s", "1/h"; empty for a count.</param>
/// <param name="Bound">What the rule compares it with, in the same unit; null where it is only told.</param>
public sealed record AdviceFigure(string Name, double Value, string Unit, double? Bound = null);

using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;

namespace FleetProf.Analyzer.GcPauses;

/// <summary>A collection and why its pause was as it was.</summary>
internal sealed record CausedGc(GcRecord Gc, GcFinding Finding);

namespace FleetProf.Load.Agents;

/// <summary>What all agents share.</summary>
internal sealed record FleetPlan(int Seed, double DropShare, double ArtifactShare, RecordedVitals Vitals, FleetFigures Figures);

namespace FleetProf.Load.Agents;

/// <summary>What all agents share.</summary>
internal sealed record FleetPlan(int Seed, double DropShare, double ArtifactShare, RecordedVitals Vitals, FleetFigures Figures)
{
    /// <summary>The same for one seed, agent and use in every run, which a <see cref="HashCode"/> is not.</summary>
    public Random RandomOf(int number, int use) => new(unchecked((((Seed * 1_000_003) + number) * 3) + use));
}

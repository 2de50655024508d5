namespace FleetProf.Analysis.Profiles.Merged;

/// <summary>One type or method over the whole fleet.</summary>
/// <param name="Name">Of the type or method.</param>
/// <param name="PerSecond">Estimate for all instances together, per second.</param>
/// <param name="Captures">Captures in which it occurred.</param>
/// <param name="Samples">Samples behind it, unweighted.</param>
public sealed record MergedRow(string Name, FleetTotal PerSecond, int Captures, long Samples);

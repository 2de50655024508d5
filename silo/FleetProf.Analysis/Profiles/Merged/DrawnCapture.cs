namespace FleetProf.Analysis.Profiles.Merged;

/// <summary>One capture of a campaign as a member of the drawn sample.</summary>
/// <param name="Stratum">The service: instances are drawn within services.</param>
/// <param name="InclusionProbability">Of the instance, as the draw stored it; in (0, 1].</param>
public sealed record DrawnCapture(string Stratum, double InclusionProbability);

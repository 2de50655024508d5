namespace FleetProf.Analysis.Campaigns;

/// <summary>A drawn instance; its weight in any estimate is 1 / <see cref="InclusionProbability"/>.</summary>
public sealed record DrawnInstance(string InstanceId, string Service, double InclusionProbability);

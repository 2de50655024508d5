namespace FleetProf.Analysis.Campaigns;

/// <summary>One thing wrong with a draft: the field as in REST, and what to do about it.</summary>
public sealed record DraftProblem(string Field, string Message);

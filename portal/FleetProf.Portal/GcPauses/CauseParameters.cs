namespace FleetProf.Portal.GcPauses;

/// <summary>Query of pauses by their causes.</summary>
public sealed record CauseParameters : RangeParameters;

using FleetProf.Analysis.GcPauses;

namespace FleetProf.Analysis.Comparisons;

/// <summary>One instance of a side: when it began to be watched (Unix milliseconds) and its windows in order of time, at least one.</summary>
public sealed record ComparedInstance(string InstanceId, long FirstSeenMs, IReadOnlyList<PauseWindow> Windows);

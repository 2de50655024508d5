namespace FleetProf.Analysis.Heaps.Suspects;

/// <summary>A row of the dominator tree by types on the way to a suspect.</summary>
/// <param name="Name">A type as the runtime gives it, or a holder in words.</param>
/// <param name="Objects">0 for holders.</param>
/// <param name="RetainedBytes">What they hold.</param>
/// <param name="Row">In the dominator tree; -1 for a step of another tree.</param>
public readonly record struct SuspectStep(string Name, long Objects, long RetainedBytes, int Row = -1);

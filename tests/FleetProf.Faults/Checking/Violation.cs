namespace FleetProf.Faults.Checking;

/// <param name="Invariant">What does not hold.</param>
/// <param name="At">Milliseconds of the history.</param>
/// <param name="Text">One sentence.</param>
internal sealed record Violation(Invariant Invariant, long At, string Text);

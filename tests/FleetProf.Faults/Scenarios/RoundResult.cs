using FleetProf.Contracts.Captures;
using FleetProf.Faults.Checking;

namespace FleetProf.Faults.Scenarios;

/// <summary>What one fault in one phase came to.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Phase">In which it was meant to happen.</param>
/// <param name="Hit">The state in which the capture was, as seen just before.</param>
/// <param name="Outcome">How the captures ended.</param>
/// <param name="RecoverySeconds">From the end of the fault, or from its beginning where it is survived, until a new campaign was acknowledged and complete; null: not at all.</param>
/// <param name="Problems">What should not be, besides the invariants.</param>
internal sealed record RoundResult(Scenario Scenario, Phase Phase, string Hit, string Outcome, double? RecoverySeconds, IReadOnlyList<string> Problems)
{
    /// <summary>Of the captures that it met; null: none.</summary>
    public CaptureKind? Kind { get; init; }

    public IReadOnlyList<Violation> Violations { get; init; } = [];

    public bool IsGood => Problems.Count == 0 && Violations.Count == 0;
}

using FleetProf.Contracts.Budgets;

namespace FleetProf.Portal.Budgets;

/// <summary>Which hold to lift, and why.</summary>
internal sealed record HoldLift
{
    /// <summary>A service, or "*". Default: "*".</summary>
    public string Service { get; init; } = CaptureHold.EveryService;

    /// <summary>1 to 300 characters.</summary>
    public required string Reason { get; init; }
}

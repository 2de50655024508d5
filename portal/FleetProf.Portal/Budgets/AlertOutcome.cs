using FleetProf.Contracts.Budgets;

namespace FleetProf.Portal.Budgets;

/// <summary>What came of alerts.</summary>
internal sealed record AlertOutcome
{
    /// <summary>In force now, by service.</summary>
    public required IReadOnlyList<CaptureHold> Holds { get; init; }

    /// <summary>Alerts that do not fire any more, or name no service by the label service or service_name.</summary>
    public required int IgnoredAlerts { get; init; }

    /// <summary>What could not be held, and why: a sentence for each.</summary>
    public required IReadOnlyList<string> Refused { get; init; }
}

namespace FleetProf.Analysis.Campaigns;

/// <summary>What a campaign does next.</summary>
public sealed record PlannedStep
{
    /// <summary>Captures to start now, best first, as far as budgets outside of the campaign allow it.</summary>
    public IReadOnlyList<string> Starts { get; init; } = [];

    public IReadOnlyList<EndedTarget> Ends { get; init; } = [];

    /// <summary>Running captures whose agents are to be told to stop.</summary>
    public IReadOnlyList<string> Cancels { get; init; } = [];

    /// <summary>The deadline has passed with captures that had not reached their artifact.</summary>
    public bool IsPastDeadline { get; init; }

    /// <summary>When something is due without any report; null when everything is final.</summary>
    public DateTimeOffset? WakeAt { get; init; }
}

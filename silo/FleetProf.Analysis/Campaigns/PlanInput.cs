namespace FleetProf.Analysis.Campaigns;

/// <summary>Everything that a step is planned from.</summary>
public sealed record PlanInput
{
    public required DateTimeOffset Now { get; init; }

    public required DateTimeOffset Deadline { get; init; }

    public required int MaxConcurrentPerService { get; init; }

    /// <summary>In the order in which they are to start.</summary>
    public required IReadOnlyList<PlannedTarget> Targets { get; init; }

    /// <summary>How long an unreachable agent is waited for.</summary>
    public required TimeSpan UnreachableGrace { get; init; }
}

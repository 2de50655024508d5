namespace FleetProf.Analysis.Campaigns;

/// <summary>A capture of a campaign, as far as planning needs it.</summary>
public sealed record PlannedTarget
{
    public required string CaptureId { get; init; }

    public required string InstanceId { get; init; }

    public required string Service { get; init; }

    public required string AgentId { get; init; }

    public required TargetStage Stage { get; init; }

    /// <summary>Pending: no start before this.</summary>
    public DateTimeOffset NotBefore { get; init; }

    /// <summary>Pending: no start after this, so that it expires at the deadline; null: may start until then.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Pending: since when nobody could reach the agent.</summary>
    public DateTimeOffset? UnreachableSince { get; init; }

    /// <summary>Running and analysing: without a sign of life the stage ends now.</summary>
    public DateTimeOffset LeaseUntil { get; init; }

    /// <summary>Running: its agent came back without it; it is lost unless it speaks up before.</summary>
    public DateTimeOffset? LostAt { get; init; }

    /// <summary>Somebody stopped it.</summary>
    public bool IsStopped { get; init; }

    /// <summary>The agent was told to stop it; told again after this.</summary>
    public DateTimeOffset? CancelAgainAt { get; init; }
}

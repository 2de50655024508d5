using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Campaigns;

/// <summary>One capture of a campaign, as stored with it.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.stored-target")]
internal sealed record StoredTarget
{
    [Id(0)] public required string CaptureId { get; init; }

    [Id(1)] public required string InstanceId { get; init; }

    [Id(2)] public required string Service { get; init; }

    [Id(3)] public string Version { get; init; } = "";

    [Id(4)] public string Host { get; init; } = "";

    [Id(5)] public required string AgentId { get; init; }

    [Id(6)] public required CaptureKind Kind { get; init; }

    [Id(7)] public required double InclusionProbability { get; init; }

    [Id(8)] public CaptureState State { get; init; }

    [Id(9)] public CapturePhase Phase { get; init; }

    [Id(10)] public int DoneSeconds { get; init; }

    [Id(11)] public int TotalSeconds { get; init; }

    /// <summary>0 before the first start; every start has a new number, and each is handed to the agent once.</summary>
    [Id(12)] public int Attempt { get; init; }

    /// <summary>Pending: no start before this.</summary>
    [Id(13)] public DateTimeOffset NotBefore { get; init; }

    [Id(14)] public DateTimeOffset? UnreachableSince { get; init; }

    /// <summary>Running and analysing: ends without a sign of life now.</summary>
    [Id(15)] public DateTimeOffset LeaseUntil { get; init; }

    /// <summary>Running: the agent came back without it.</summary>
    [Id(16)] public DateTimeOffset? LostAt { get; init; }

    [Id(17)] public string? StoppedBy { get; init; }

    [Id(18)] public CaptureFailure Failure { get; init; }

    [Id(19)] public string? Detail { get; init; }

    [Id(20)] public DateTimeOffset? StartedAt { get; init; }

    [Id(21)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The agent's final word has come.</summary>
    [Id(22)] public bool HasResult { get; init; }

    [Id(23)] public string Sha256 { get; init; } = "";

    [Id(24)] public long SizeBytes { get; init; }

    [Id(25)] public bool IsPartial { get; init; }

    [Id(26)] public bool IsBiased { get; init; }

    [Id(27)] public double StallMs { get; init; }

    /// <summary>The outcome of the analysis has come; it may be here before the agent's word.</summary>
    [Id(28)] public bool HasAnalysis { get; init; }

    [Id(29)] public CaptureFailure AnalysisFailure { get; init; }

    [Id(30)] public string? AnalysisDetail { get; init; }

    [Id(31)] public CaptureSummary? Summary { get; init; }

    /// <summary>The deadline came while it was running.</summary>
    [Id(32)] public bool IsPastDeadline { get; init; }

    /// <summary>Waits for a pause longer than this; null: for none.</summary>
    [Id(33)] public double? WhenPauseOverMs { get; init; }

    /// <summary>The pause that it waited for.</summary>
    [Id(34)] public TriggerPause? Trigger { get; init; }

    public bool IsFinal => State >= CaptureState.Ready;

    /// <summary>Of this attempt, as agents name it.</summary>
    public string RunningName => $"{CaptureId}#{Attempt}";

    /// <summary>Of the attempt after this one.</summary>
    public string StartingName => $"{CaptureId}#{Attempt + 1}";

    /// <summary>Whether it is this attempt, begun and by this agent, that the report is of.</summary>
    public bool IsAwaiting(CaptureReport report) => Attempt == report.Attempt && State != CaptureState.Pending && IsOf(report.AgentId);

    /// <summary>Whether this agent may speak of it; the silo itself, which gives no id, always may.</summary>
    public bool IsOf(string agentId) => agentId.Length == 0 || agentId == AgentId;
}

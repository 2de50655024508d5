using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>An uploaded artifact and the outcome of its analysis: a row of table artifacts.</summary>
internal sealed record Artifact
{
    public required string CaptureId { get; init; }

    public required string CampaignId { get; init; }

    public required int Attempt { get; init; }

    public required string AgentId { get; init; }

    public required CaptureKind Kind { get; init; }

    /// <summary>Of the original, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>Set by the table when it is added.</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    public ArtifactState State { get; init; }

    /// <summary>Analyses that crashed or overran their limits.</summary>
    public int FailedRuns { get; init; }

    public CaptureFailure Failure { get; init; }

    public string? Detail { get; init; }

    /// <summary>The analyzer's summary.json, as it wrote it.</summary>
    public string? SummaryJson { get; init; }

    public DateTimeOffset? AnalysedAt { get; init; }

    /// <summary>Whether the campaign has taken the outcome.</summary>
    public bool IsReported { get; init; }
}

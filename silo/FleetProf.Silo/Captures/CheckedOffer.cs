using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Captures;

/// <summary>An upload offer whose sender and capture are known.</summary>
internal sealed record CheckedOffer
{
    public required string CaptureId { get; init; }

    public required string CampaignId { get; init; }

    public required int Attempt { get; init; }

    public required string AgentId { get; init; }

    public required CaptureKind Kind { get; init; }

    public required long SizeBytes { get; init; }

    public required string Sha256 { get; init; }

    /// <summary>Why these bytes are not wanted (any more); None when they are.</summary>
    public CaptureFailure Refusal { get; init; }

    public string Message { get; init; } = "";
}

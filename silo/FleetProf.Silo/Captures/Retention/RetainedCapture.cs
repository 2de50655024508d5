using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Captures.Retention;

/// <summary>A capture with files, and what is known of why they would stay.</summary>
internal sealed record RetainedCapture
{
    public required string CaptureId { get; init; }

    public required string CampaignId { get; init; }

    public required string Service { get; init; }

    public required string Version { get; init; }

    public required string InstanceId { get; init; }

    public required CaptureKind Kind { get; init; }

    /// <summary>When its agent was told to take it; it was recorded between this and its arrival.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Of all its files.</summary>
    public required long Bytes { get; init; }

    /// <summary>Its analysis is over and its campaign knows.</summary>
    public bool IsFinal { get; init; }

    public bool IsPinned { get; init; }

    /// <summary>The newest of its citations that is not a comparison's or an experiment's.</summary>
    public DateTimeOffset? CitedAt { get; init; }

    /// <summary>When this was read: what has come to hold it since is not known here.</summary>
    public DateTimeOffset ReadAt { get; init; }
}

using FleetProf.Agent.Collectors.DotNet;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Captures;

/// <summary>How collecting ended: with an artifact in the spool (<see cref="Sha256"/>), with a failure, or with both after a loss of the agent.</summary>
internal sealed record CaptureOutcome
{
    public CaptureFailure Failure { get; init; }

    /// <summary>For people; begins with a failure's name where an artifact was kept although something cut it.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Of the artifact, lower-case hex; empty when none was kept.</summary>
    public string Sha256 { get; init; } = "";

    public long Bytes { get; init; }

    public bool IsPartial { get; init; }

    public bool IsBiased { get; init; }

    public double StallMs { get; init; }

    public int CollectedSeconds { get; init; }

    /// <summary>The pause that was waited for, where one was and it came.</summary>
    public LongGc? Trigger { get; init; }

    public bool HasArtifact => Sha256.Length > 0;

    public static CaptureOutcome Failed(CaptureFailure failure, string detail) => new() { Failure = failure, Detail = detail };

    public static CaptureOutcome Failed(DiagnosticIpcException error) =>
        Failed(Enum.TryParse<CaptureFailure>(error.Failure.ToString(), out var failure) ? failure : CaptureFailure.InternalError, error.Message);
}

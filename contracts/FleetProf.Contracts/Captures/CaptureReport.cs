namespace FleetProf.Contracts.Captures;

/// <summary>The agent's final word on (capture, attempt). Repeated until acknowledged; recording it twice changes nothing.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.capture-report")]
public sealed record CaptureReport
{
    [Id(0)] public required string CaptureId { get; init; }

    [Id(1)] public required int Attempt { get; init; }

    [Id(2)] public CaptureFailure Failure { get; init; }

    [Id(3)] public string? Detail { get; init; }

    [Id(4)] public string Sha256 { get; init; } = "";

    [Id(5)] public long SizeBytes { get; init; }

    [Id(6)] public bool IsPartial { get; init; }

    [Id(7)] public bool IsBiased { get; init; }

    [Id(8)] public double StallMs { get; init; }

    [Id(9)] public int CollectedSeconds { get; init; }

    /// <summary>Whose session brought it; a capture of another agent takes no word from it. Empty: it comes from the silo itself.</summary>
    [Id(10)] public string AgentId { get; init; } = "";

    /// <summary>The pause that the capture waited for, where it did and one came.</summary>
    [Id(11)] public TriggerPause? Trigger { get; init; }
}

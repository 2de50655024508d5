namespace FleetProf.Contracts.Captures;

/// <summary>Progress of a running capture, as the agent or the analysis queue sees it. Not durable.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.capture-progress-report")]
public sealed record CaptureProgressReport
{
    [Id(0)] public required string CaptureId { get; init; }

    [Id(1)] public required int Attempt { get; init; }

    [Id(2)] public required CapturePhase Phase { get; init; }

    [Id(3)] public int DoneSeconds { get; init; }

    [Id(4)] public int TotalSeconds { get; init; }

    [Id(5)] public long Bytes { get; init; }

    /// <summary>Whose session brought it; a capture of another agent takes no word from it. Empty: it comes from the silo itself.</summary>
    [Id(6)] public string AgentId { get; init; } = "";
}

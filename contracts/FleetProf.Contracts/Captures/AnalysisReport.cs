namespace FleetProf.Contracts.Captures;

/// <summary>Outcome of the analysis of an uploaded artifact.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.analysis-report")]
public sealed record AnalysisReport
{
    [Id(0)] public required string CaptureId { get; init; }

    [Id(1)] public required int Attempt { get; init; }

    /// <summary>None, ArtifactTruncated, AnalysisFailed or Quarantined.</summary>
    [Id(2)] public CaptureFailure Failure { get; init; }

    [Id(3)] public string? Detail { get; init; }

    [Id(4)] public CaptureSummary? Summary { get; init; }
}

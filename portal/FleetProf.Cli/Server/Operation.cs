namespace FleetProf.Cli.Server;

/// <summary>A long job of the portal.</summary>
public sealed record Operation
{
    public required string OperationId { get; init; }

    /// <summary>"running", "succeeded", "failed" or "cancelled".</summary>
    public required string Status { get; init; }

    public OperationError? Error { get; init; }

    public string ResourceLocation { get; init; } = "";

    public int CaptureCount { get; init; }

    public int ReadyCount { get; init; }

    public int FailedCount { get; init; }
}

using System.Text.Json;
using System.Text.Json.Serialization;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Captures.Retention;

namespace FleetProf.Silo.Captures.Analyses;

/// <summary>Analyses one artifact to its end: the outcome and its files are in the store and the table when it returns.</summary>
internal sealed partial class ArtifactAnalysis(
    ArtifactTable table,
    ArtifactStore store,
    AnalyzerProcess analyzer,
    IsolationProbe isolation,
    CaptureRoom room,
    TimeProvider clock,
    ILogger<ArtifactAnalysis> logger)
{
    /// <summary>One retry: a crash may be the machine's fault once, not twice.</summary>
    private const int MaxFailedRuns = 2;

    private const string SummaryName = "summary.json";
    private const long MaxSummaryBytes = 1024 * 1024;

    private static readonly JsonSerializerOptions SummaryJson = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>The campaign's view of a finished artifact.</summary>
    public static AnalysisReport ReportOf(Artifact artifact) => new()
    {
        CaptureId = artifact.CaptureId,
        Attempt = artifact.Attempt,
        Failure = artifact.Failure,
        Detail = artifact.Detail,
        Summary = artifact.SummaryJson is null ? null : JsonSerializer.Deserialize<CaptureSummary>(artifact.SummaryJson, SummaryJson),
    };

    /// <summary>Finds out what isolation there is, so that the log says it at the start and not with the first artifact.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        try
        {
            await isolation.LevelAsync(cancellationToken);
        }
        catch (InvalidOperationException missing)
        {
            // Each analysis says it again.
            LogNotReady(missing.Message);
        }
    }

    /// <summary>Returns the finished artifact; null when it is another silo's by now, which this one was gone for.</summary>
    /// <exception cref="IOException">The store failed; the artifact is still pending.</exception>
    public async Task<Artifact?> RunAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        while (true)
        {
            var started = clock.GetTimestamp();
            if (await RunOnceAsync(artifact, cancellationToken) is not { } finished)
            {
                LogTakenOver(artifact.CaptureId);
                return null;
            }

            CaptureInstruments.Analysed(finished, clock.GetElapsedTime(started));
            if (finished.State != ArtifactState.Pending)
            {
                LogFinished(finished.CaptureId, finished.State, finished.Detail);
                return finished;
            }

            artifact = finished;
        }
    }

    private async Task<Artifact?> RunOnceAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        if (await room.WhyNoneForAnalysisAsync(artifact.SizeBytes, cancellationToken) is { } full)
        {
            throw DurableFile.DiskFull($"An analysis needs space: {full}");
        }

        using var folder = store.CreateAnalysisFolder(artifact.CaptureId);
        AnalyzerOutcome outcome;
        try
        {
            using var input = await store.OpenForAnalysisAsync(artifact.CaptureId, folder.Temporary, cancellationToken);
            outcome = await analyzer.RunAsync(artifact.Kind, input.Path, folder, cancellationToken);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or FileNotFoundException)
        {
            return await FinishAsync(artifact, ArtifactState.Failed, CaptureFailure.AnalysisFailed, damaged.Message);
        }

        return outcome.End switch
        {
            AnalyzerEnd.Done => await AdoptAsync(artifact, folder, cancellationToken),
            AnalyzerEnd.NoSpace => throw DurableFile.DiskFull($"The analyzer had no space for its results: {outcome.Detail}"),
            AnalyzerEnd.Unreadable => await FinishAsync(artifact, ArtifactState.Failed, CaptureFailure.AnalysisFailed, outcome.Detail),
            _ => await CountFailureAsync(artifact, outcome.Detail!, cancellationToken),
        };
    }

    private async Task<Artifact?> AdoptAsync(Artifact artifact, AnalysisFolder folder, CancellationToken cancellationToken)
    {
        try
        {
            var (text, summary) = await ReadSummaryAsync(Path.Combine(folder.Output, SummaryName), cancellationToken);

            // Spares the writing where another silo has taken over. It may do so yet: only the row decides whose results count.
            if (!await table.IsOursAsync(artifact, cancellationToken))
            {
                return null;
            }

            // Listed before the row is written: what is stored later may be of a later attempt.
            var run = ArtifactStore.NewRun();
            var others = await store.ListOtherRunsAsync(artifact.CaptureId, run, cancellationToken);
            var files = await StoreAsync(artifact.CaptureId, run, folder, cancellationToken);
            var finished = artifact with
            {
                State = ArtifactState.Analysed,
                Failure = FailureOf(artifact.Kind, summary),
                Detail = summary.IsComplete ? null : summary.IncompleteReason,
                SummaryJson = text,
                AnalysedAt = clock.GetUtcNow(),
            };
            var isOurs = await table.FinishAsync(finished, files, CancellationToken.None);
            await RemoveAsync(artifact.CaptureId, () => isOurs ? store.RemoveRunsAsync(others, CancellationToken.None) : store.RemoveRunAsync(artifact.CaptureId, run, CancellationToken.None));
            return isOurs ? finished : null;
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException or FileNotFoundException)
        {
            return await CountFailureAsync(artifact, $"The analyzer's output is not usable: {exception.Message}", cancellationToken);
        }
    }

    /// <summary>Each try has a run of its own: on a volume that is full, what the failed ones stored would make it fuller.</summary>
    private async Task<IReadOnlyList<StoredFile>> StoreAsync(string captureId, string run, AnalysisFolder folder, CancellationToken cancellationToken)
    {
        try
        {
            return await store.AdoptOutputsAsync(captureId, run, folder.Output, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            await RemoveAsync(captureId, () => store.RemoveRunAsync(captureId, run, CancellationToken.None));
            throw;
        }
    }

    /// <summary>Removes results that no row names, as far as it can: the next run that ends, or the end of the capture, takes what is left.</summary>
    private async Task RemoveAsync(string captureId, Func<Task> remove)
    {
        try
        {
            await remove();
        }
        catch (Exception left) when (left is IOException or UnauthorizedAccessException)
        {
            LogLeft(left, captureId);
        }
    }

    /// <summary>A heap may be incomplete for other reasons (lost events, unknown types); a recording only because it was cut.</summary>
    private static CaptureFailure FailureOf(CaptureKind kind, CaptureSummary summary) =>
        summary.IsComplete || kind == CaptureKind.Gcdump ? CaptureFailure.None : CaptureFailure.ArtifactTruncated;

    /// <summary>Checked before it is stored: whatever the analyzer was made to write, later readers can parse it.</summary>
    private static async Task<(string Text, CaptureSummary Summary)> ReadSummaryAsync(string path, CancellationToken cancellationToken)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.LinkTarget is not null || file.Length > MaxSummaryBytes)
        {
            throw new InvalidDataException($"{SummaryName} is missing or larger than {MaxSummaryBytes} bytes.");
        }

        var text = await File.ReadAllTextAsync(path, cancellationToken);
        return (text, JsonSerializer.Deserialize<CaptureSummary>(text, SummaryJson) ?? throw new InvalidDataException($"{SummaryName} is empty."));
    }

    private async Task<Artifact?> CountFailureAsync(Artifact artifact, string detail, CancellationToken cancellationToken)
    {
        LogRunFailed(artifact.CaptureId, artifact.FailedRuns + 1, detail);
        await table.CountFailedRunAsync(artifact.CaptureId, cancellationToken);
        var counted = artifact with { FailedRuns = artifact.FailedRuns + 1 };
        return counted.FailedRuns < MaxFailedRuns
            ? counted
            : await FinishAsync(counted, ArtifactState.Quarantined, CaptureFailure.Quarantined, detail);
    }

    private async Task<Artifact?> FinishAsync(Artifact artifact, ArtifactState state, CaptureFailure failure, string? detail)
    {
        var finished = artifact with { State = state, Failure = failure, Detail = detail, AnalysedAt = clock.GetUtcNow() };
        return await table.FinishAsync(finished, [], CancellationToken.None) ? finished : null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Analysis of {CaptureId} ended: {State} {Detail}")]
    private partial void LogFinished(string captureId, ArtifactState state, string? detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outcome of {CaptureId} is not kept: it was removed, or another silo has taken it over")]
    private partial void LogTakenOver(string captureId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Results of {CaptureId} that no capture has any more could not be removed, and stay until the capture goes")]
    private partial void LogLeft(Exception exception, string captureId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Nothing can be analysed: {Problem}")]
    private partial void LogNotReady(string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Analysis of {CaptureId} failed (run {Run}): {Detail}")]
    private partial void LogRunFailed(string captureId, int run, string detail);
}

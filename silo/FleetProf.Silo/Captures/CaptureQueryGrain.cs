using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures.Artifacts;
using Orleans.Concurrency;

namespace FleetProf.Silo.Captures;

/// <summary>Reads captures. Lists come from the catalog alone; a single capture under way also shows what its campaign has in memory.</summary>
[StatelessWorker]
internal sealed partial class CaptureQueryGrain(CaptureTable table, CaptureFiles files, ILogger<CaptureQueryGrain> logger) : Grain, ICaptureQueryGrain
{
    private const int MaxRows = 1_000;

    public Task<IReadOnlyList<Capture>> ListAsync(CaptureFilter filter, CancellationToken cancellationToken = default) =>
        table.ListAsync(filter, Math.Clamp(filter.Limit, 1, MaxRows), cancellationToken);

    public async Task<Capture?> GetAsync(string captureId, CancellationToken cancellationToken = default)
    {
        var capture = await table.FindAsync(captureId, cancellationToken);
        return capture is null || capture.State >= CaptureState.Ready ? capture : await WithProgressAsync(capture, cancellationToken);
    }

    public Task<IReadOnlyList<CaptureFile>> ListFilesAsync(string captureId, CancellationToken cancellationToken = default) =>
        ArtifactStore.IsCaptureId(captureId) ? files.ListAsync(captureId, cancellationToken) : Task.FromResult<IReadOnlyList<CaptureFile>>([]);

    public Task<CaptureFile?> GetFileAsync(string captureId, string name, CancellationToken cancellationToken = default) =>
        ArtifactStore.IsCaptureId(captureId) ? files.GetAsync(captureId, name, cancellationToken) : Task.FromResult<CaptureFile?>(null);

    private async Task<Capture> WithProgressAsync(Capture capture, CancellationToken cancellationToken)
    {
        try
        {
            var campaign = await GrainFactory.GetGrain<ICampaignGrain>(capture.CampaignId).GetAsync(cancellationToken);
            var target = campaign?.Targets.FirstOrDefault(candidate => candidate.CaptureId == capture.CaptureId);
            return target is null || target.State != capture.State || target.Attempt != capture.Attempt
                ? capture
                : capture with { Phase = target.Phase, DoneSeconds = target.DoneSeconds, TotalSeconds = target.TotalSeconds, SizeBytes = target.Bytes };
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The row is right, only not as fresh.
            LogNoProgress(exception, capture.CaptureId);
            return capture;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The campaign of {CaptureId} could not be asked for its progress")]
    private partial void LogNoProgress(Exception exception, string captureId);
}

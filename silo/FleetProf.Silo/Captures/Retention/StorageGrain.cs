using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Storage;
using Orleans.Concurrency;

namespace FleetProf.Silo.Captures.Retention;

/// <summary>Says what captures take, and pins them.</summary>
[StatelessWorker]
internal sealed class StorageGrain(CaptureRetention retention, RetentionTable table, RetentionJournal journal) : Grain, IStorageGrain
{
    private const int MaxReason = 500;

    public Task<StorageReport> DescribeAsync(CancellationToken cancellationToken = default) => retention.DescribeAsync(cancellationToken);

    public async Task<bool> PinAsync(string captureId, string actor, string reason)
    {
        var kept = StorableText.Of(reason, MaxReason);
        if (!ArtifactStore.IsCaptureId(captureId) || !await table.PinAsync(captureId, actor, kept))
        {
            return false;
        }

        journal.Pinned(captureId, actor, kept);
        return true;
    }

    public async Task<bool> UnpinAsync(string captureId, string actor)
    {
        if (!ArtifactStore.IsCaptureId(captureId) || !await table.UnpinAsync(captureId))
        {
            return false;
        }

        journal.Unpinned(captureId, actor);
        return true;
    }

    public async Task CiteAsync(IReadOnlyList<string> captureIds, string by)
    {
        foreach (var captureId in captureIds.Where(ArtifactStore.IsCaptureId).Take(2))
        {
            await table.CiteAsync(captureId, by);
        }
    }
}

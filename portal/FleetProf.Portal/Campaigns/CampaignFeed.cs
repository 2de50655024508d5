using System.Runtime.CompilerServices;
using System.Threading.Channels;
using FleetProf.Contracts.Campaigns;
using FleetProf.Portal.Access;
using FleetProf.Portal.Problems;

namespace FleetProf.Portal.Campaigns;

/// <summary>
/// Reads each campaign that somebody looks at once a second, for all its open pages together, and stops when nobody looks or nothing can change.
/// A slow page misses snapshots in between, never the newest one.
/// </summary>
public sealed partial class CampaignFeed(IClusterClient cluster, TimeProvider clock, ILogger<CampaignFeed> log)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Watch> _watches = new(StringComparer.Ordinal);

    /// <summary>Campaigns that are being read now.</summary>
    public int WatchCount
    {
        get
        {
            lock (_gate)
            {
                return _watches.Count;
            }
        }
    }

    /// <summary>Yields each snapshot, the last known one at once; ends when nothing can change any more.</summary>
    public async IAsyncEnumerable<CampaignSnapshot> SubscribeAsync(string campaignId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<CampaignSnapshot>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        Join(campaignId, channel);
        try
        {
            await foreach (var snapshot in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return snapshot;
            }
        }
        finally
        {
            Leave(campaignId, channel);
        }
    }

    private void Join(string campaignId, Channel<CampaignSnapshot> channel)
    {
        lock (_gate)
        {
            if (!_watches.TryGetValue(campaignId, out var watch))
            {
                _watches[campaignId] = watch = new Watch();
                _ = ReadUntilEndAsync(campaignId, watch);
            }

            watch.Pages.Add(channel);
            if (watch.Latest is { } known)
            {
                channel.Writer.TryWrite(known);
            }
        }
    }

    private void Leave(string campaignId, Channel<CampaignSnapshot> channel)
    {
        lock (_gate)
        {
            if (_watches.TryGetValue(campaignId, out var watch) && watch.Pages.Remove(channel) && watch.Pages.Count == 0)
            {
                _watches.Remove(campaignId);
                watch.End.Cancel();
            }
        }
    }

    private async Task ReadUntilEndAsync(string campaignId, Watch watch)
    {
        // Not under the lock of the first page.
        await Task.Yield();
        CallerFlow.EnterAsPortal();
        try
        {
            while (!watch.End.IsCancellationRequested)
            {
                var snapshot = await ReadAsync(campaignId, watch.Latest, watch.End.Token);
                if (Publish(campaignId, watch, snapshot))
                {
                    return;
                }

                await Task.Delay(Interval, clock, watch.End.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The last page has left.
        }
    }

    private async Task<CampaignSnapshot> ReadAsync(string campaignId, CampaignSnapshot? before, CancellationToken cancellationToken)
    {
        try
        {
            var campaign = await cluster.GetGrain<ICampaignGrain>(campaignId).GetAsync(cancellationToken);
            return new(campaign, clock.GetUtcNow(), null);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            if (before?.Problem is null)
            {
                LogStale(campaignId, failure.Message, SiloFailure.IsUnavailable(failure));
            }

            return new(before?.Campaign, before?.AsOf ?? clock.GetUtcNow(), OutageSentence.Of(failure, "; these figures may be old", OutageSentence.KeepsTrying));
        }
    }

    /// <returns>True when it was the last one.</returns>
    private bool Publish(string campaignId, Watch watch, CampaignSnapshot snapshot)
    {
        lock (_gate)
        {
            watch.Latest = snapshot;
            foreach (var page in watch.Pages)
            {
                page.Writer.TryWrite(snapshot);
                if (snapshot.IsFinal)
                {
                    page.Writer.TryComplete();
                }
            }

            return snapshot.IsFinal && _watches.Remove(campaignId);
        }
    }

    [LoggerMessage(40, LogLevel.Warning, "Campaign {CampaignId} cannot be read: {Reason} (silo away: {IsAway})")]
    private partial void LogStale(string campaignId, string reason, bool isAway);

    private sealed class Watch
    {
        public CancellationTokenSource End { get; } = new();

        public HashSet<Channel<CampaignSnapshot>> Pages { get; } = [];

        public CampaignSnapshot? Latest { get; set; }
    }
}

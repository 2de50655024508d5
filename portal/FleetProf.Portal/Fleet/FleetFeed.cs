using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Access;
using FleetProf.Portal.Problems;

namespace FleetProf.Portal.Fleet;

/// <summary>
/// Reads the live fleet from the silo twice a second for all open pages together, and sleeps when nobody looks.
/// A slow page misses snapshots in between, never the newest one.
/// </summary>
public sealed partial class FleetFeed(IClusterClient cluster, TimeProvider clock, ILogger<FleetFeed> log) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<Channel<FleetSnapshot>, byte> _subscribers = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private volatile FleetSnapshot _snapshot = FleetSnapshot.Empty;

    /// <summary>The newest snapshot; may be old when nobody is subscribed.</summary>
    public FleetSnapshot Snapshot => _snapshot;

    /// <summary>Pages that look now.</summary>
    public int SubscriberCount => _subscribers.Count;

    /// <summary>Yields the known snapshot at once, then each newer one until cancelled.</summary>
    public async IAsyncEnumerable<FleetSnapshot> SubscribeAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<FleetSnapshot>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        _subscribers[channel] = 0;
        try
        {
            if (_snapshot.Version > 0)
            {
                channel.Writer.TryWrite(_snapshot);
            }

            Wake();
            await foreach (var snapshot in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return snapshot;
            }
        }
        finally
        {
            _subscribers.TryRemove(channel, out _);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        CallerFlow.EnterAsPortal();
        while (!stoppingToken.IsCancellationRequested)
        {
            // More than once: who came and left before it slept woke it too.
            while (_subscribers.IsEmpty)
            {
                await _wake.WaitAsync(stoppingToken);
            }

            await RefreshAsync(stoppingToken);
            await Task.Delay(Interval, clock, stoppingToken);
        }
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var before = _snapshot;
        try
        {
            var changes = await cluster.GetGrain<IFleetQueryGrain>(0).GetChangesAsync(before.Version, cancellationToken);
            Publish(before.With(changes, clock.GetUtcNow()));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            if (before.Problem is null)
            {
                LogStale(failure.Message, SiloFailure.IsUnavailable(failure));
            }

            Publish(before with { Problem = OutageSentence.Of(failure, "; these rows may be old", OutageSentence.KeepsTrying) });
        }
    }

    private void Publish(FleetSnapshot snapshot)
    {
        _snapshot = snapshot;
        foreach (var channel in _subscribers.Keys)
        {
            channel.Writer.TryWrite(snapshot);
        }
    }

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already awake.
        }
    }

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    [LoggerMessage(40, LogLevel.Warning, "The live fleet is stale: {Reason} (silo away: {IsUnavailable})")]
    private partial void LogStale(string reason, bool isUnavailable);
}

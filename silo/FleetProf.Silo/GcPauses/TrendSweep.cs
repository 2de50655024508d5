using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.GcPauses.Rollups;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Hosting.Cluster;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.GcPauses;

/// <summary>Removes windows and roll-ups older than their retention, and forgets the last minute of instances that left.</summary>
internal sealed partial class TrendSweep(
    TrendRetention retention,
    LiveVitals live,
    UpkeepLease lease,
    IOptions<TrendOptions> options,
    SettledClock clock,
    ILogger<TrendSweep> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepInterval, clock.Wall);
        try
        {
            do
            {
                await SweepAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutting down: the next start sweeps.
        }
    }

    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        live.Forget();
        if (!lease.IsHeld)
        {
            return;
        }

        try
        {
            var now = await clock.NowAsync(cancellationToken);
            var removed = await retention.RemoveBeforeAsync(TrendLevel.WindowMs, now - options.Value.WindowRetention, cancellationToken)
                + await retention.RemoveBeforeAsync(TrendLevel.MinuteMs, now - options.Value.MinuteRetention, cancellationToken)
                + await retention.RemoveBeforeAsync(TrendLevel.QuarterMs, now - options.Value.QuarterRetention, cancellationToken);
            TrendInstruments.Expired(removed);
            if (removed > 0)
            {
                LogSwept(removed);
            }
        }
        catch (LeaseLostException)
        {
            // Another silo does it now.
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotSwept(exception, options.Value.SweepInterval);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Count} trend windows and roll-ups that were older than the retention")]
    private partial void LogSwept(long count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old trend windows could not be removed; the next try is in {Interval}")]
    private partial void LogNotSwept(Exception exception, TimeSpan interval);
}

using Microsoft.Extensions.Options;

namespace FleetProf.Silo.GcPauses;

/// <summary>Removes windows older than the retention, and forgets the last minute of instances that left.</summary>
internal sealed partial class TrendSweep(
    TrendTable table,
    LiveVitals live,
    IOptions<TrendOptions> options,
    TimeProvider clock,
    ILogger<TrendSweep> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepInterval, clock);
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
        try
        {
            var removed = await table.RemoveBeforeAsync(clock.GetUtcNow() - options.Value.Retention, cancellationToken);
            TrendInstruments.Expired(removed);
            if (removed > 0)
            {
                LogSwept(removed);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotSwept(exception, options.Value.SweepInterval);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Count} trend windows that were older than the retention")]
    private partial void LogSwept(long count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old trend windows could not be removed; the next try is in {Interval}")]
    private partial void LogNotSwept(Exception exception, TimeSpan interval);
}

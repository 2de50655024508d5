using FleetProf.Silo.Hosting.Cluster;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.GcPauses.Rollups;

/// <summary>Keeps the roll-ups up to date.</summary>
internal sealed partial class TrendRollups(
    TrendRoller roller, LateArrivals late, UpkeepLease lease, IOptions<TrendOptions> options, TimeProvider clock, ILogger<TrendRollups> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RollUpInterval, clock);
        try
        {
            do
            {
                await RollAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutting down: the next start goes on where this one stopped.
        }
    }

    internal async Task RollAsync(CancellationToken cancellationToken)
    {
        if (late.AreMany() || !lease.IsHeld)
        {
            return;
        }

        try
        {
            TrendInstruments.RolledUp(await roller.RollAsync(cancellationToken));
        }
        catch (LeaseLostException)
        {
            // The silo that has it now goes on where this one stopped.
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotRolled(exception, options.Value.RollUpInterval);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Trend windows could not be rolled up; the next try is in {Interval}")]
    private partial void LogNotRolled(Exception exception, TimeSpan interval);
}

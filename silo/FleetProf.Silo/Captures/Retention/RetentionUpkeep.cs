using FleetProf.Silo.Hosting;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Captures.Retention;

/// <summary>Runs retention after the start and at intervals.</summary>
internal sealed partial class RetentionUpkeep(
    CaptureRetention retention, IHostApplicationLifetime lifetime, IOptions<CaptureOptions> options, TimeProvider clock, ILogger<RetentionUpkeep> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RetentionInterval, clock);
        try
        {
            // What cites captures can be asked only once the silo takes calls.
            await lifetime.StartedAsync(stoppingToken);
            do
            {
                await RunAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on.
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await retention.RunAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotRun(exception, options.Value.RetentionInterval);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Retention of captures could not be finished; the next try is in {Interval}")]
    private partial void LogNotRun(Exception exception, TimeSpan interval);
}

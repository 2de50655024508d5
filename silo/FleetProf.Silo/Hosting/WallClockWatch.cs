using FleetProf.Silo.Budgets;

namespace FleetProf.Silo.Hosting;

/// <summary>
/// Ends the silo, to be started again, when somebody set the host's clock back so far that Orleans starts no grain any more: it plans by that clock when idle
/// grains end, and takes no time that it has been through.
/// </summary>
/// <param name="startGrain">Starts a grain on this silo that nobody uses; throws what Orleans throws.</param>
/// <param name="lifetime">Of the silo.</param>
/// <param name="clock">Wall clock, and the one that only goes on.</param>
/// <param name="logger">Where the reason is told.</param>
internal sealed partial class WallClockWatch(Func<Task> startGrain, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<WallClockWatch> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>A clock that is kept right goes back by less, and Orleans minds no less than this.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    private readonly LeaseClock time = new(clock);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var furthest = TimeSpan.Zero;
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var ahead = clock.GetUtcNow() - time.Now;
                bool? isStuck = furthest - ahead > Tolerance ? await IsStuckAsync(furthest - ahead) : null;
                if (isStuck == true)
                {
                    Environment.ExitCode = 1;
                    lifetime.StopApplication();
                    return;
                }

                // Small steps add up until grains are known to start.
                furthest = isStuck == false || ahead > furthest ? ahead : furthest;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo ends anyway.
        }
    }

    /// <summary>Null when it could not be found out.</summary>
    private async Task<bool?> IsStuckAsync(TimeSpan back)
    {
        try
        {
            await startGrain();
            return false;
        }
        catch (ArgumentException exception)
        {
            LogStuck(exception, back);
            return true;
        }
        catch (Exception exception)
        {
            // As of a silo that is just gone and knew where grains are: it says nothing of the clock.
            LogUnknown(exception, back);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The clock of this host was set back by {Back}, and no grain starts until it has caught up: the silo ends with exit code 1, to be started again")]
    private partial void LogStuck(Exception exception, TimeSpan back);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The clock of this host was set back by {Back}; whether grains still start could not be found out")]
    private partial void LogUnknown(Exception exception, TimeSpan back);
}

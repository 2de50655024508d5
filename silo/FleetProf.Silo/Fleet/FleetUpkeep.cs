using FleetProf.Silo.Hosting;
using FleetProf.Silo.Hosting.Cluster;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Fleet;

/// <summary>
/// Keeps the fleet honest about what nobody watches: after a restart everything is unreachable until its agent is back,
/// what stays unreachable for a day counts as ended, and what ended is forgotten after a month: containers come and go for ever. So are services
/// that nothing in the catalog tells of any more.
/// </summary>
internal sealed partial class FleetUpkeep(
    InstanceTable table, LiveFleet live, SettledClock clock, ILogger<FleetUpkeep> logger, UpkeepLease? lease = null, CatalogDatabase? database = null)
    : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan EndsAfter = TimeSpan.FromHours(24);
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromDays(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>So that the removal after a long pause does not hold up other writes.</summary>
    private const int RemovalBatch = 1_000;

    /// <summary>Before anything else starts: no agent is attached yet to this silo. To others agents may be; theirs show with the first exchange.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var known = await table.ListKnownAsync(cancellationToken);
        live.Restore(known);
        if (database?.IsShared != true)
        {
            await table.LoseAsync(null, clock.Wall.GetUtcNow(), cancellationToken);
        }

        LogRestored(known.Count);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock.Wall);
        try
        {
            do
            {
                await EndAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on.
        }
    }

    /// <summary>Silos are gone: what their agents told of is unreachable until they tell another.</summary>
    public async Task TakeOverAsync(IReadOnlyCollection<string> living, CancellationToken cancellationToken)
    {
        if (await table.LoseSilosAsync(living, clock.Wall.GetUtcNow(), cancellationToken) is > 0 and var lost)
        {
            LogLost(lost);
        }

        await EndAsync(cancellationToken);
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = await clock.NowAsync(cancellationToken);
            if (lease?.IsHeld != false)
            {
                await table.RestampUnreachableAsync(clock.Wall.GetUtcNow(), cancellationToken);
                await table.EndUnreachableAsync(now - EndsAfter, now, cancellationToken);
            }

            // Others end some too: an instance whose agent came back at another silo, and told that one of its end.
            live.ForgetUnreachable(await table.WhichEndedAsync(live.ListUnreachable(), cancellationToken));
            if (lease?.IsHeld == false)
            {
                return;
            }

            while (await table.RemoveEndedAsync(now - ForgottenAfter, RemovalBatch, cancellationToken) == RemovalBatch)
            {
            }

            if (await table.RemoveServicesAsync(now - ForgottenAfter, cancellationToken) is > 0 and var forgotten)
            {
                LogForgotten(forgotten);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotEnded(exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} instances are known from before the start and unreachable until their agents are back")]
    private partial void LogRestored(int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} instances were known through silos that are gone and are unreachable until their agents are back")]
    private partial void LogLost(int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} services are forgotten: nothing of them has run for a month, and nothing that was captured, compared or announced tells of them")]
    private partial void LogForgotten(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Instances that are unreachable for long could not be ended; tried again later")]
    private partial void LogNotEnded(Exception exception);
}

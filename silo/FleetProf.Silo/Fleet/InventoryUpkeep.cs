namespace FleetProf.Silo.Fleet;

/// <summary>
/// Takes what had to wait of inventories: an agent sends its list when it changes, not when there is room for it, nor when the agent is gone that it was until its
/// host joined anew. And gives up those of agents whose end was not stored.
/// </summary>
internal sealed partial class InventoryUpkeep(InventoryIntake intake, TimeProvider clock, ILogger<InventoryUpkeep> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await intake.AcceptDeferredAsync(stoppingToken);
                await LoseAbsentAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Agents send their lists to the silo that they connect to next.
        }
    }

    private async Task LoseAbsentAsync(CancellationToken cancellationToken)
    {
        try
        {
            await intake.LoseAbsentAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotLost(exception, Interval);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether all agents are connected that the catalog has as such could not be looked at; the next look is in {Interval}")]
    private partial void LogNotLost(Exception exception, TimeSpan interval);
}

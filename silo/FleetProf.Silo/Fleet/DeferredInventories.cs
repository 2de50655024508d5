namespace FleetProf.Silo.Fleet;

/// <summary>
/// Takes what had to wait of inventories: an agent sends its list when it changes, not when there is room for it, nor when the agent is gone that it was until its
/// host joined anew.
/// </summary>
internal sealed class DeferredInventories(InventoryIntake intake, TimeProvider clock) : BackgroundService
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
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Agents send their lists to the silo that they connect to next.
        }
    }
}

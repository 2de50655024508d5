using FleetProf.Contracts.Access;
using FleetProf.Portal.Access;

namespace FleetProf.Portal.Connection;

/// <summary>
/// Finds a lost silo again. An Orleans client dials its gateway only when it has something to say,
/// and while the silo is away the portal answers 503 without saying anything to it.
/// </summary>
internal sealed class SiloProbe(SiloConnection silo, IClusterClient cluster, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.25);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        CallerFlow.EnterAsPortal();
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (silo.IsLost)
            {
                await ProbeAsync(stoppingToken);
            }
        }
    }

    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await cluster.GetGrain<IAccessGrain>(AccessSetup.GrainKey).VerifyApiTokenAsync("").WaitAsync(Patience, clock, cancellationToken);
            silo.Answered();
        }
        catch (Exception stillAway) when (stillAway is not OperationCanceledException)
        {
            // The connection tells of its loss once; it is not news every second.
        }
    }
}

namespace FleetProf.Portal.Connection;

/// <summary>
/// Starts the Orleans client beside the host instead of before it: the portal answers, also with 503, while its silo is away,
/// and a port that is taken ends the process at once.
/// </summary>
internal sealed class SiloDial(IClusterClient cluster, SiloConnection silo) : BackgroundService
{
    private IHostedService Client => (IHostedService)cluster;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The connection's retry filter keeps this waiting until the silo is there.
        await Client.StartAsync(stoppingToken);
        silo.Answered();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Client.StopAsync(cancellationToken);
    }
}

using FleetProf.Silo.Hosting;

namespace FleetProf.Silo.Gateway;

/// <summary>Makes the hub known to grains once the host has started; before that there is nothing that could take the reference.</summary>
internal sealed class SessionHubStart(SessionHub hub, IGrainFactory grains, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.StartedAsync(stoppingToken);
            hub.Publish(grains);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped before it was up.
        }
    }
}

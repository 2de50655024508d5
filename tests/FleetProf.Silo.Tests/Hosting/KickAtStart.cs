using FleetProf.Silo.Hosting;
using Microsoft.Extensions.Hosting;

namespace FleetProf.Silo.Tests.Hosting;

/// <summary>A silo that comes after silos that are gone, without the rest of what it takes over.</summary>
internal sealed class KickAtStart(ReminderKick kick, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await lifetime.StartedAsync(stoppingToken);
        await kick.KickAsync(stoppingToken);
    }
}

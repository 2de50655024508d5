using FleetProf.Measures;
using Microsoft.Extensions.Hosting;
namespace FleetProf.Agent.Hosting;

/// <summary>Gives back from time to time what the C library keeps of freed memory.</summary>
internal sealed class FreedMemoryWatch(TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(FreedMemory.Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken) && FreedMemory.TryGiveBack())
        {
        }
    }
}

using FleetProf.Measures;
using Microsoft.Extensions.Hosting;
namespace FleetProf.Agent.Hosting;

/// <summary>Gives back from time to time what the C library keeps of freed memory.</summary>
internal sealed class FreedMemoryWatch(TimeProvider clock) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => FreedMemory.KeepGivingBackAsync(clock, stoppingToken);
}

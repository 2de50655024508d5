using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Discovery;
using Microsoft.Extensions.Hosting;

namespace FleetProf.Agent;

/// <summary>Runs the parts of the agent, and stops them in the order that leaves nothing behind in a target.</summary>
internal sealed class AgentRun(ProcessScan scan, VitalsCollector vitals) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken) =>
        await Task.WhenAll(scan.RunAsync(stoppingToken), vitals.RunAsync(stoppingToken));
}

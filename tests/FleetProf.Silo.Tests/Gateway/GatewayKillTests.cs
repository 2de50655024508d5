using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Tests.Access.Calls;
using FleetProf.Silo.Tests.Fleet;
using FleetProf.Silo.Tests.Hosting;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FleetProf.Silo.Tests.Gateway;

[Trait("Ring", "process")]
public sealed class GatewayKillTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private SiloProcess silo = null!;

    public ValueTask InitializeAsync()
    {
        silo = new SiloProcess(folder["data"]);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Kill_AfterAnAcknowledgedInventory_KeepsInstancesAsUnreachableAndDeploysOnce()
    {
        await silo.StartAsync();
        await using (var client = await AgentClient.AttachAsync(silo.Agents("/")))
        {
            await client.InventoryAsync(Process("a", "1.0"), Process("b", "1.1"));
            await UntilAsync(async fleet => (await fleet.ListDeploysAsync("checkout", 10)).Count == 2);
            await silo.KillAsync();
        }

        await silo.StartAsync();

        await UntilAsync(async fleet =>
        {
            var known = await fleet.ListInstancesAsync(new InstanceFilter());
            Assert.Equal([("a", InstanceState.Unreachable), ("b", InstanceState.Unreachable)], known.Select(row => (row.InstanceId, row.State)).Order());
            return true;
        });
        await using var again = await AgentClient.AttachAsync(silo.Agents("/"), AgentClient.Hello(nonce: "n2"));
        await again.InventoryAsync(Process("b", "1.1"));
        await UntilAsync(async fleet =>
            (await fleet.GetInstanceAsync("a"))!.State == InstanceState.Ended && (await fleet.GetInstanceAsync("b"))!.State == InstanceState.Running);
        await UntilAsync(async fleet =>
        {
            var deploys = await fleet.ListDeploysAsync("checkout", 10);
            Assert.Equal([("1.0", ""), ("1.1", "1.0")], deploys.Select(deploy => (deploy.Version, deploy.PreviousVersion)).Order());
            Assert.Equal("checkout", (await fleet.ListServicesAsync()).Single().Service);
            return true;
        });
        Assert.Equal(AgentProtocol.Refusal.Types.Reason.NotAuthorised, (await AgentClient.RefusalAsync(silo.Agents("/"), AgentClient.Hello(secret: "secret-of-a-thief"))).Reason);
    }

    public async ValueTask DisposeAsync()
    {
        await silo.DisposeAsync();
        folder.Dispose();
    }

    private static AgentProtocol.Instance Process(string id, string version)
    {
        var process = FleetRig.Process(id, version);
        process.StartedUnixMs += version == "1.0" ? 0 : 1_000;
        return process;
    }

    private async Task UntilAsync(Func<IFleetQueryGrain, Task<bool>> isTrue)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.UseOrleansClient(client => client.UseLocalhostClustering(silo.GatewayPort, serviceId: "fleetprof", clusterId: "fleetprof"));
        using var host = builder.Build();
        await host.StartAsync();
        var cluster = host.Services.GetRequiredService<IClusterClient>();
        OutsideCaller.As(await OutsideCaller.AdminAsync(cluster));
        var fleet = cluster.GetGrain<IFleetQueryGrain>(0);
        await GatewayRig.UntilAsync(() => isTrue(fleet));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await host.StopAsync(limit.Token);
    }
}

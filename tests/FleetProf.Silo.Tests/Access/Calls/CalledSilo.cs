using FleetProf.Silo.Tests.Hosting;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FleetProf.Silo.Tests.Access.Calls;

/// <summary>A silo process and a client outside of it, for all tests of a class.</summary>
public sealed class CalledSilo : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private SiloProcess? silo;
    private IHost? client;

    internal IClusterClient Grains => client!.Services.GetRequiredService<IClusterClient>();

    internal string DataFolder => folder["data"];

    internal Uri Agents => silo!.Agents("/");

    public async ValueTask InitializeAsync()
    {
        silo = new SiloProcess(DataFolder);
        await silo.StartAsync();
        var port = silo.GatewayPort;
        var builder = Host.CreateApplicationBuilder();
        builder.UseOrleansClient(orleans => orleans.UseLocalhostClustering(port, serviceId: "fleetprof", clusterId: "fleetprof"));
        client = builder.Build();
        await client.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (client is not null)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await client.StopAsync(limit.Token);
            client.Dispose();
        }

        if (silo is not null)
        {
            await silo.DisposeAsync();
        }

        folder.Dispose();
    }
}

using FleetProf.TestKit.Processes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>An Orleans silo in this process whose grains answer from a <see cref="FakeWorld"/>, behind a <see cref="FakeGate"/>.</summary>
internal sealed class FakeSilo : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly FakeFileServer _files;

    private FakeSilo(IHost host, FakeFileServer files, FakeWorld world, int gatewayPort)
    {
        (_host, _files, World, GatewayPort) = (host, files, world, gatewayPort);
    }

    public FakeWorld World { get; }

    public int GatewayPort { get; }

    public static async Task<FakeSilo> StartAsync(FakeWorld world, int? gatewayPort = null)
    {
        var files = await FakeFileServer.StartAsync();
        world.FileServer = files.Url;
        var gateway = gatewayPort ?? FreePort.Next();
        var gate = new FakeGate(world);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(world);
        builder.UseOrleans(silo => silo.UseLocalhostClustering(FreePort.Next(), gateway, null, "fleetprof", "fleetprof").AddIncomingGrainCallFilter(call => gate.AdmitAsync(call)));
        var host = builder.Build();
        await host.StartAsync();
        return new(host, files, world, gateway);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(TestContext.Current.CancellationToken);
        _host.Dispose();
        await _files.DisposeAsync();
    }
}

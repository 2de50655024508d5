using System.Net;
using System.Net.Sockets;
using FleetProf.Contracts.Access;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>An Orleans silo in this process whose grains answer from a <see cref="FakeWorld"/>.</summary>
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
        var gateway = gatewayPort ?? FreePort();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(world);
        builder.UseOrleans(silo => silo.UseLocalhostClustering(FreePort(), gateway, null, "fleetprof", "fleetprof").AddIncomingGrainCallFilter(NeedCallerAsync));
        var host = builder.Build();
        await host.StartAsync();
        return new(host, files, world, gateway);
    }

    /// <summary>As the real silo: whoever calls from outside says for whom. Tests themselves ask for login codes.</summary>
    private static Task NeedCallerAsync(IIncomingGrainCallContext call) =>
        call.TargetId.IsSystemTarget() || call.InterfaceMethod.DeclaringType == typeof(IAccessGrain) || RequestContext.Get(Caller.Key) is Caller || call.SourceId?.IsClient() != true
            ? call.Invoke()
            : throw new UnauthorizedAccessException($"{call.InterfaceMethod.Name} was called in nobody's name.");

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(TestContext.Current.CancellationToken);
        _host.Dispose();
        await _files.DisposeAsync();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

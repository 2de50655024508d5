using FleetProf.Contracts.Access;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FleetProf.Load.Silo;

/// <summary>What a portal would ask of the silo: a cluster client.</summary>
internal sealed class SiloGrains : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);
    private readonly IHost host;

    private readonly string credentialId;

    private SiloGrains(IHost host, string credentialId) => (this.host, this.credentialId) = (host, credentialId);

    public IGrainFactory Grains => host.Services.GetRequiredService<IClusterClient>();

    public static async Task<SiloGrains> ConnectAsync(SiloProcess silo)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.UseOrleansClient(client => client.UseLocalhostClustering(silo.GatewayPort, serviceId: "fleetprof", clusterId: "fleetprof"));
        var host = builder.Build();
        await host.StartAsync();
        RequestContext.Set(Caller.Key, Caller.Portal);
        var token = await host.Services.GetRequiredService<IClusterClient>().GetGrain<IAccessGrain>("local").IssueApiTokenAsync("load");
        return new SiloGrains(host, token.Split('_')[1]);
    }

    /// <summary>From here on the calling method, and what it calls, is an administrator.</summary>
    public void SpeakAsAdmin() => RequestContext.Set(Caller.Key, new Caller { CredentialId = credentialId, Name = "load", Address = "127.0.0.1" });

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        await host.StopAsync(limit.Token);
        host.Dispose();
    }
}

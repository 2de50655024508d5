using System.Globalization;
using System.Net;
using FleetProf.Contracts.Access.Cluster;
using Orleans.Configuration;

namespace FleetProf.Silo.Hosting.Cluster;

/// <summary>Composition of Orleans: where this silo is reached, by whom, and how silos find each other.</summary>
internal static class ClusterSetup
{
    private const string Name = "fleetprof";

    public static void AddCluster(this WebApplicationBuilder builder)
    {
        var silo = builder.Configuration.GetSection(SiloOptions.Section);
        var defaults = new SiloOptions();
        var siloPort = PortOf(silo[nameof(SiloOptions.SiloPort)], defaults.SiloPort);
        var gatewayPort = PortOf(silo[nameof(SiloOptions.GatewayPort)], defaults.GatewayPort);
        var address = IPAddress.TryParse(silo[nameof(SiloOptions.ClusterAddress)] ?? defaults.ClusterAddress, out var given) ? given : IPAddress.Loopback;
        builder.UseOrleans(orleans =>
        {
            orleans.UseDevelopmentClustering(new IPEndPoint(address, siloPort));
            orleans.Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = (Name, Name));
            orleans.Configure<EndpointOptions>(endpoints =>
            {
                endpoints.AdvertisedIPAddress = address;
                endpoints.SiloPort = siloPort;
                endpoints.GatewayPort = gatewayPort;
                endpoints.SiloListeningEndpoint = new IPEndPoint(address, siloPort);
                endpoints.GatewayListeningEndpoint = new IPEndPoint(address, gatewayPort);
            });
            orleans.AddReminders();
            orleans.Configure<ClusterMembershipOptions>(options => options.NumMissedProbesLimit = 3);
        });
        if (silo[nameof(SiloOptions.ClusterTls)] is { Length: > 0 } folder)
        {
            builder.Services.AddClusterTls(new ClusterFolder(folder));
        }

        builder.Services.AddHostedService<ReminderKick>();
    }

    /// <summary>Silos among themselves, and portals that come to the gateway; nobody else.</summary>
    internal static void AddClusterTls(this IServiceCollection services, ClusterFolder folder)
    {
        services.AddSingleton<ClusterRefusals>();
        services.AddOptions<SiloConnectionOptions>().Configure<ClusterRefusals, TimeProvider>((connections, refusals, clock) =>
        {
            var tls = new ClusterTls(folder, clock, refusals.Tell);
            connections.ConfigureSiloInboundConnection(connection => tls.Accept(connection, ClusterRole.Silo));
            connections.ConfigureSiloOutboundConnection(tls.Dial);
            connections.ConfigureGatewayInboundConnection(connection => tls.Accept(connection, ClusterRole.Portal));
        });
    }

    /// <summary>Orleans wants ports before options exist; the validation, which runs before anything starts, reports what is no number.</summary>
    private static int PortOf(string? text, int fallback) => int.TryParse(text, CultureInfo.InvariantCulture, out var port) ? port : fallback;
}

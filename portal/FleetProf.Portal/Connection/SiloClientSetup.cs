using FleetProf.Contracts.Access.Cluster;
using FleetProf.Portal.Hosting;
using Orleans.Configuration;
using Orleans.Messaging;

namespace FleetProf.Portal.Connection;

/// <summary>The portal as an Orleans client.</summary>
internal static partial class SiloClientSetup
{
    public static WebApplicationBuilder AddSiloClient(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SiloConnection>();
        builder.Services.AddSingleton<IGatewayListProvider, GatewayList>();
        var others = builder.Services.Where(IsHosted).ToHashSet();
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster =>
            {
                cluster.ClusterId = "fleetprof";
                cluster.ServiceId = "fleetprof";
            });
            client.Configure<GatewayOptions>(gateway => gateway.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2));
            // A person or a pipeline waits for each answer: better a clear 503 than half a minute of silence.
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(10));
            client.AddOutgoingGrainCallFilter<LostCalls>();
            client.Services.AddSingleton<IClientConnectionRetryFilter>(services => services.GetRequiredService<SiloConnection>());
            client.Services.AddSingleton<IClusterConnectionStatusObserver>(services => services.GetRequiredService<SiloConnection>());
        });
        builder.Services.AddOptions<ClientConnectionOptions>().Configure<IServiceProvider>((connections, services) =>
        {
            if (TlsOf(services) is { } tls)
            {
                connections.ConfigureConnection(tls.Dial);
            }
        });
        // Orleans would start its client before Kestrel and hold everything up until the silo is there.
        foreach (var orleans in builder.Services.Where(service => IsHosted(service) && !others.Contains(service)).ToArray())
        {
            builder.Services.Remove(orleans);
        }

        builder.Services.AddHostedService<SiloDial>();
        builder.Services.AddHostedService<SiloProbe>();
        builder.Services.AddHostedService<ClusterCertificateWatch>();
        return builder;
    }

    /// <summary>Null where silos are on this host and have none.</summary>
    internal static ClusterTls? TlsOf(IServiceProvider services)
    {
        var log = services.GetRequiredService<ILogger<ClusterTls>>();
        return services.GetRequiredService<PortalOptions>().ClusterTls is { } folder
            ? new ClusterTls(new ClusterFolder(folder), services.GetRequiredService<TimeProvider>(), reason => LogRefused(log, reason))
            : null;
    }

    [LoggerMessage(40, LogLevel.Warning, "A silo was not believed. {Reason}")]
    private static partial void LogRefused(ILogger log, string reason);

    private static bool IsHosted(ServiceDescriptor service) => service.ServiceType == typeof(IHostedService);
}

using Orleans.Configuration;
using Orleans.Messaging;

namespace FleetProf.Portal.Hosting;

/// <summary>The portal as an Orleans client.</summary>
internal static class SiloClientSetup
{
    public static WebApplicationBuilder AddSiloClient(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SiloConnection>();
        builder.Services.AddSingleton<IGatewayListProvider, GatewayList>();
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
            client.Services.AddSingleton<IClientConnectionRetryFilter>(services => services.GetRequiredService<SiloConnection>());
            client.Services.AddSingleton<IClusterConnectionStatusObserver>(services => services.GetRequiredService<SiloConnection>());
        });
        builder.Services.AddHostedService<SiloProbe>();
        // Kestrel must answer, also with 503, while the Orleans client still looks for its silo.
        builder.Services.Configure<HostOptions>(host => host.ServicesStartConcurrently = true);
        return builder;
    }
}

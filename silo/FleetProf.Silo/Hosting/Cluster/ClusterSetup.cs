using System.Globalization;
using System.Net;
using FleetProf.Contracts.Access.Cluster;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Fleet;
using FleetProf.Silo.Fleet.Deploys;
using FleetProf.Silo.GcPauses;
using Orleans.Configuration;

namespace FleetProf.Silo.Hosting.Cluster;

/// <summary>Composition of Orleans: where this silo is reached, by whom, and how silos find each other.</summary>
internal static class ClusterSetup
{
    private const string Name = "fleetprof";

    /// <summary>An agent is a grain, and a silo has some ten thousand. The room is taken at once: for Orleans' million it was 19 MB.</summary>
    private const int MostPlacesKnown = 100_000;

    public static void AddCluster(this WebApplicationBuilder builder)
    {
        var silo = builder.Configuration.GetSection(SiloOptions.Section);
        var defaults = new SiloOptions();
        var siloPort = PortOf(silo[nameof(SiloOptions.SiloPort)], defaults.SiloPort);
        var gatewayPort = PortOf(silo[nameof(SiloOptions.GatewayPort)], defaults.GatewayPort);
        var address = IPAddress.TryParse(silo[nameof(SiloOptions.ClusterAddress)] ?? defaults.ClusterAddress, out var given) ? given : IPAddress.Loopback;
        builder.UseOrleans(orleans =>
        {
            if (silo[nameof(SiloOptions.Database)] is { Length: > 0 })
            {
                orleans.Services.AddSingleton<IMembershipTable>(services => services.GetRequiredService<MembershipTable>());
            }
            else
            {
                orleans.UseDevelopmentClustering(new IPEndPoint(address, siloPort));
            }

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
            orleans.Configure<ClusterMembershipOptions>(SetMembership);
            orleans.Configure<GrainDirectoryOptions>(directory => directory.CacheSize = MostPlacesKnown);
        });
        if (silo[nameof(SiloOptions.ClusterTls)] is { Length: > 0 } folder)
        {
            builder.Services.AddClusterTls(new ClusterFolder(folder));
        }
    }

    /// <summary>The lease, and what its holder does when silos are gone.</summary>
    internal static void AddClusterUpkeep(this IServiceCollection services)
    {
        services.AddSingleton(provider => new SiloIdentity(provider.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString()));
        services.AddSingleton<Neighbours>();
        services.AddSingleton<MembershipTable>();
        services.AddSingleton<UpkeepLease>();
        services.AddSingleton<ReminderKick>();
        services.AddSingleton(provider => new TakeoverStep("the fleet", provider.GetRequiredService<FleetUpkeep>().TakeOverAsync));
        services.AddSingleton(provider => new TakeoverStep("analyses", provider.GetRequiredService<AnalysisQueue>().TakeOverAsync));
        services.AddSingleton(provider => new TakeoverStep("plans of deploys", (_, _) => WakeAsync(provider.GetRequiredService<DeployPlans>())));
        services.AddSingleton(provider => new TakeoverStep("reminders", (_, cancellationToken) => provider.GetRequiredService<ReminderKick>().KickAsync(cancellationToken)));
        services.AddSingleton(provider => new TakeoverStep("old trends", (_, cancellationToken) => provider.GetRequiredService<TrendSweep>().SweepAsync(cancellationToken), IsLong: true));
        services.AddHostedService<ClusterWatch>();
    }

    private static Task WakeAsync(DeployPlans plans)
    {
        plans.Wake();
        return Task.CompletedTask;
    }

    /// <summary>Silos among themselves, and portals that come to the gateway; nobody else.</summary>
    internal static void AddClusterTls(this IServiceCollection services, ClusterFolder folder)
    {
        services.AddSingleton<ClusterRefusals>();
        services.AddHostedService(provider => new ClusterCertificateWatch(folder, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ClusterCertificateWatch>>()));
        services.AddOptions<SiloConnectionOptions>().Configure<ClusterRefusals, TimeProvider>((connections, refusals, clock) =>
        {
            var tls = new ClusterTls(folder, clock, refusals.Tell);
            connections.ConfigureSiloInboundConnection(connection => tls.Accept(connection, ClusterRole.Silo));
            connections.ConfigureSiloOutboundConnection(tls.Dial);
            connections.ConfigureGatewayInboundConnection(connection => tls.Accept(connection, ClusterRole.Portal));
        });
    }

    /// <summary>A silo that is gone is noticed within seconds; one that comes back at another address does not wait long for what it was.</summary>
    private static void SetMembership(ClusterMembershipOptions options)
    {
        options.NumMissedProbesLimit = 3;
        options.ProbeTimeout = TimeSpan.FromSeconds(2);
        // Nobody is voted dead whose connection brought anything within three of these: one that hangs, or whose host is gone, leaves its connection open.
        options.MaxProbeTimeout = TimeSpan.FromSeconds(3);
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        options.TableRefreshTimeout = TimeSpan.FromSeconds(15);
        // A silo that is started at another address at once finds what it was before among the others, and looks after it only where that has been silent
        // for 15 s when it begins to join: it gives up soon, and begins anew.
        options.MaxJoinAttemptTime = TimeSpan.FromSeconds(30);
        // By the clocks of two hosts, which may be minutes apart. One that died while it joined is found like any other.
        options.EvictWhenMaxJoinAttemptTimeExceeded = false;
        options.DefunctSiloCleanupPeriod = TimeSpan.FromHours(1);
        options.DefunctSiloExpiration = TimeSpan.FromDays(7);
    }

    /// <summary>Orleans wants ports before options exist; the validation, which runs before anything starts, reports what is no number.</summary>
    private static int PortOf(string? text, int fallback) => int.TryParse(text, CultureInfo.InvariantCulture, out var port) ? port : fallback;
}

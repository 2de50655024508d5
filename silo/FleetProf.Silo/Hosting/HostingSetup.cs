using System.Globalization;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace FleetProf.Silo.Hosting;

/// <summary>Composition of the host: options, Orleans, logs, metrics, health, endpoints, life time.</summary>
public static class HostingSetup
{
    /// <summary>Graceful shutdown must be over within this, however many agents are connected.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(4);

    public static WebApplicationBuilder AddHosting(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IValidateOptions<SiloOptions>, SiloOptionsValidation>();
        builder.Services.AddOptions<SiloOptions>().BindConfiguration(SiloOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<DataFolderLock>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        if (builder.Configuration.GetValue("FleetProf:ExitWithParent", false))
        {
            builder.Services.AddHostedService<ParentWatch>();
        }

        builder.AddLogs();
        builder.AddMetricsAndHealth();
        builder.AddEndpoints();
        builder.AddOrleansSilo();
        return builder;
    }

    public static WebApplication MapHosting(this WebApplication app)
    {
        app.UseEndpointSeparation();
        app.MapSiloMetrics();
        app.MapHealth();
        return app;
    }

    private static void AddOrleansSilo(this WebApplicationBuilder builder)
    {
        var silo = builder.Configuration.GetSection(SiloOptions.Section);
        var siloPort = PortOf(silo[nameof(SiloOptions.SiloPort)], new SiloOptions().SiloPort);
        var gatewayPort = PortOf(silo[nameof(SiloOptions.GatewayPort)], new SiloOptions().GatewayPort);
        builder.UseOrleans(orleans =>
        {
            // Silo and gateway ports have no authentication: loopback is the boundary of the embedded silo.
            orleans.UseLocalhostClustering(siloPort, gatewayPort, serviceId: "fleetprof", clusterId: "fleetprof");
            orleans.AddReminders();
            orleans.Configure<ClusterMembershipOptions>(options => options.NumMissedProbesLimit = 3);
        });
        builder.Services.AddHostedService<ReminderKick>();
    }

    /// <summary>Orleans wants ports before options exist; the validation, which runs before anything starts, reports what is no number.</summary>
    private static int PortOf(string? text, int fallback) => int.TryParse(text, CultureInfo.InvariantCulture, out var port) ? port : fallback;
}

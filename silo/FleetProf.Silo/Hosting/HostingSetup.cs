using FleetProf.Silo.Hosting.Cluster;
using Microsoft.Extensions.Options;

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

        builder.Services.AddHostedService<FreedMemoryWatch>();
        builder.AddLogs();
        builder.AddMetricsAndHealth();
        builder.AddEndpoints();
        builder.AddCluster();
        builder.Services.AddClusterUpkeep();
        builder.Services.AddHostedService(provider =>
        {
            var grains = provider.GetRequiredService<IGrainFactory>();
            return ActivatorUtilities.CreateInstance<WallClockWatch>(provider, (Func<Task>)(() => grains.GetGrain<IWallClockProbe>(Guid.NewGuid()).StartAsync()));
        });
        return builder;
    }

    public static WebApplication MapHosting(this WebApplication app)
    {
        app.UseEndpointSeparation();
        app.MapSiloMetrics();
        app.MapHealth();
        return app;
    }
}

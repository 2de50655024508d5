using FleetProf.Silo.Fleet.Deploys;
using FleetProf.Silo.Fleet.Exchange;
using FleetProf.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Fleet;

/// <summary>Composition of Fleet.</summary>
public static class FleetSetup
{
    public static WebApplicationBuilder AddFleet(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<DeployOptions>, DeployOptionsValidation>();
        services.AddOptions<DeployOptions>().BindConfiguration(DeployOptions.Section).ValidateOnStart();
        services.AddFleetCatalog();
        services.TryAddSingleton<SettledClock>();
        services.AddSingleton<FleetUpkeep>();
        services.AddHostedService(provider => provider.GetRequiredService<FleetUpkeep>());
        services.AddHostedService<InventoryUpkeep>();
        services.AddGrainService<LiveFleetService>();
        services.AddSingleton<LiveFleetClient>();
        services.AddSingleton<Attachments>();
        services.AddHostedService<FleetExchange>();
        services.AddHostedService(provider => provider.GetRequiredService<DeployPlans>());
        return builder;
    }

    /// <summary>Catalog, live fleet and intake, without what runs in the background; also for test clusters.</summary>
    internal static IServiceCollection AddFleetCatalog(this IServiceCollection services)
    {
        services.AddSingleton<LiveFleet>();
        services.AddSingleton<HostClocks>();
        services.AddSingleton<InstanceTable>();
        services.AddSingleton<ServiceTable>();
        services.AddSingleton<DeployTable>();
        services.AddSingleton<InventoryIntake>();
        services.AddSingleton<DeployPlans>();
        return services;
    }
}

using FleetProf.Silo.Hosting;
using FleetProf.Silo.Storage.Damage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Hosting;

namespace FleetProf.Silo.Storage;

/// <summary>Composition of Storage.</summary>
public static class StorageSetup
{
    /// <summary>Name of the storage provider; grain states say [PersistentState("unique-name", "catalog")].</summary>
    public const string ProviderName = "catalog";

    public static WebApplicationBuilder AddStorage(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(services =>
        {
            var options = services.GetRequiredService<IOptions<SiloOptions>>().Value;
            var clock = services.GetRequiredService<TimeProvider>();
            return options.Database is null
                ? CatalogDatabase.Open(Path.Combine(options.DataFolder, "catalog.db"), clock)
                : CatalogDatabase.OpenPostgres(options.Database, clock);
        });
        builder.Services.AddCatalogStorage();
        builder.Services.AddHostedService<DamageWatch>();
        return builder;
    }

    /// <summary>Grain storage ("catalog" and default) and the reminder table over the registered <see cref="CatalogDatabase"/>; also for test clusters.</summary>
    public static IServiceCollection AddCatalogStorage(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<CatalogGrainStorage>();
        services.AddGrainStorage(ProviderName, (provider, _) => provider.GetRequiredService<CatalogGrainStorage>());
        services.AddGrainStorage("Default", (provider, _) => provider.GetRequiredService<CatalogGrainStorage>());
        services.AddSingleton<IReminderTable, CatalogReminderTable>();
        return services;
    }
}

using FleetProf.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

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
            var folder = services.GetRequiredService<IOptions<SiloOptions>>().Value.DataFolder;
            return CatalogDatabase.Open(Path.Combine(folder, "catalog.db"), services.GetRequiredService<TimeProvider>());
        });
        builder.Services.AddCatalogStorage();
        return builder;
    }

    /// <summary>Grain storage ("catalog" and default) and the reminder table over the registered <see cref="CatalogDatabase"/>; also for test clusters.</summary>
    public static IServiceCollection AddCatalogStorage(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<OrleansGrainStorageSerializer>();
        services.TryAddSingleton<SqliteGrainStorage>();
        services.AddGrainStorage(ProviderName, (provider, _) => provider.GetRequiredService<SqliteGrainStorage>());
        services.AddGrainStorage("Default", (provider, _) => provider.GetRequiredService<SqliteGrainStorage>());
        services.AddSingleton<IReminderTable, SqliteReminderTable>();
        return services;
    }
}

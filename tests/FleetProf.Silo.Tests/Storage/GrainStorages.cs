using FleetProf.Silo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization;

namespace FleetProf.Silo.Tests.Storage;

/// <summary>The production storage and reminder table over a database, without a cluster.</summary>
internal static class GrainStorages
{
    public static CatalogGrainStorage Over(CatalogDatabase database) => Provider(database).GetRequiredService<CatalogGrainStorage>();

    public static IReminderTable RemindersOver(CatalogDatabase database) => Provider(database).GetRequiredService<IReminderTable>();

    private static ServiceProvider Provider(CatalogDatabase database)
    {
        var services = new ServiceCollection();
        services.AddSerializer();
        services.AddSingleton(Options.Create(new ClusterOptions { ServiceId = "fleetprof", ClusterId = "fleetprof" }));
        services.AddSingleton(database);
        services.AddCatalogStorage();
        return services.BuildServiceProvider();
    }
}

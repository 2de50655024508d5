using FleetProf.Silo.Access;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization.Configuration;
using Orleans.TestingHost;

namespace FleetProf.Silo.Tests.Hosting;

/// <summary>A cluster of one silo in this process and a client of it, without what only the first of hundreds tells.</summary>
internal static class OneSilo
{
    /// <param name="checksTypes">
    /// Looks for the serializer of each type that a call names, as Orleans does in each silo and each client during development: a tenth of what a
    /// test's cluster costs. <see cref="OneSiloTests"/> does it once for all.
    /// </param>
    public static InProcessTestClusterBuilder Builder(bool checksTypes = false)
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.Options.ServiceId = "fleetprof";
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureHost(host => host.Services.Configure<TypeManifestOptions>(options => options.EnableConfigurationAnalysis = checksTypes));
        return builder;
    }

    /// <summary>The same with people and their access in a catalog.</summary>
    /// <param name="catalog">Of the silo.</param>
    /// <param name="clock">The silo's and Orleans's.</param>
    /// <param name="add">What else the silo has.</param>
    public static InProcessTestClusterBuilder WithPeople(TemporaryCatalog catalog, TimeProvider clock, Action<ISiloBuilder>? add = null)
    {
        var builder = Builder();
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(catalog.Database);
            silo.Services.AddSingleton(clock);
            silo.AddReminders();
            silo.Services.AddCatalogStorage();
            silo.Services.AddPeople();
            add?.Invoke(silo);
        });
        return builder;
    }
}

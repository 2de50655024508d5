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
}

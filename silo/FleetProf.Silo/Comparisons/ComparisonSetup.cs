using FleetProf.Silo.Comparisons.Experiments;
using FleetProf.Silo.Fleet;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FleetProf.Silo.Comparisons;

/// <summary>Composition of Comparisons.</summary>
public static class ComparisonSetup
{
    public static WebApplicationBuilder AddComparisons(this WebApplicationBuilder builder)
    {
        builder.Services.AddComparisonParts();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<VerdictGauge>());
        return builder;
    }

    /// <summary>What the grains need; also for test clusters. The trend store and the live fleet are registered by GcPauses.</summary>
    internal static IServiceCollection AddComparisonParts(this IServiceCollection services)
    {
        services.AddSingleton<ComparisonTable>();
        services.AddSingleton<VersionTable>();
        services.AddSingleton<ComparisonWindows>();
        services.AddSingleton<ComparisonPlanner>();
        services.AddSingleton<ComparisonDecision>();
        services.AddSingleton<VerdictGauge>();
        services.TryAddSingleton<InstanceTable>();
        services.AddSingleton<ExperimentDecision>();
        return services;
    }
}

using FleetProf.Silo.Comparisons.Experiments;

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

    /// <summary>What the grains need; also for test clusters. The trend store is registered by GcPauses.</summary>
    internal static IServiceCollection AddComparisonParts(this IServiceCollection services)
    {
        services.AddSingleton<ComparisonTable>();
        services.AddSingleton<VersionTable>();
        services.AddSingleton<ComparisonWindows>();
        services.AddSingleton<ComparisonPlanner>();
        services.AddSingleton<ComparisonDecision>();
        services.AddSingleton<VerdictGauge>();
        services.AddSingleton<ExperimentDecision>();
        return services;
    }
}

using FleetProf.Silo.Fleet;
using FleetProf.Silo.GcPauses.Export;
using FleetProf.Silo.GcPauses.Otlp;
using FleetProf.Silo.GcPauses.Queries;
using FleetProf.Silo.GcPauses.Rollups;
using FleetProf.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.GcPauses;

/// <summary>Composition of GcPauses.</summary>
public static class GcPauseSetup
{
    public static WebApplicationBuilder AddGcPauses(this WebApplicationBuilder builder)
    {
        builder.Services.AddTrends();
        builder.Services.AddSingleton<IValidateOptions<TrendOptions>, TrendOptionsValidation>();
        builder.Services.AddOptions<TrendOptions>().BindConfiguration(TrendOptions.Section).ValidateOnStart();
        builder.Services.AddHostedService<TrendRollups>();
        builder.Services.TryAddSingleton<SettledClock>();
        builder.Services.AddSingleton<TrendSweep>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<TrendSweep>());
        return builder.AddOtlp();
    }

    /// <summary>Trend store and intake, without the background work; also for test clusters.</summary>
    internal static IServiceCollection AddTrends(this IServiceCollection services)
    {
        services.TryAddSingleton<LiveFleet>();
        services.AddSingleton<TrendTable>();
        services.AddSingleton<TrendReader>();
        services.AddSingleton(provider => new TrendQueries(provider.GetRequiredService<TrendReader>()));
        services.AddSingleton<LongestQueries>();
        services.AddSingleton<CauseQueries>();
        services.AddSingleton<HarmQueries>();
        services.AddSingleton<KnobQueries>();
        services.AddSingleton<AdviceQueries>();
        services.AddSingleton<LateArrivals>();
        services.AddSingleton<TrendRoller>();
        services.AddSingleton<TrendRetention>();
        services.AddSingleton<FleetTotals>();
        services.AddSingleton<FleetExposition>();
        services.AddSingleton<LiveVitals>();
        services.AddSingleton<InstanceOwners>();
        services.AddSingleton(provider => new VitalsIntake(
            provider.GetRequiredService<TrendTable>(),
            provider.GetRequiredService<LiveVitals>(),
            provider.GetRequiredService<InstanceOwners>(),
            provider.GetRequiredService<LateArrivals>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<VitalsIntake>>()));
        return services;
    }
}

using System.Diagnostics.Metrics;
using FleetProf.Silo.GcPauses.Export;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using OpenTelemetry.Metrics;

namespace FleetProf.Silo.Hosting;

/// <summary>Metrics of Orleans, the runtime, Kestrel and ours ("FleetProf.*" meters), and the health endpoints.</summary>
internal static class ObservabilitySetup
{
    private const string Ready = "ready";
    private const string ScrapePath = "/metrics";

    /// <summary>Of one instrument. The place for all of them is taken at once: for the usual 2,000 of each of 160 instruments it was 30 MB. The fleet's own series and the verdicts on its deploys are not among them: versions come for years, and of an instrument the library keeps each for ever.</summary>
    private const int MostSeries = 250;

    public static void AddMetricsAndHealth(this WebApplicationBuilder builder)
    {
        builder.AddSiloMetrics();
        builder.Services.AddHealthChecks()
            .AddCheck<CatalogHealthCheck>("catalog", tags: [Ready], timeout: TimeSpan.FromSeconds(3))
            .AddCheck<SiloHealthCheck>("silo", tags: [Ready]);
    }

    public static void AddSiloMetrics(this WebApplicationBuilder builder) =>
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("FleetProf.*", "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
            .AddRuntimeInstrumentation()
            .AddView(ToStream)
            .AddPrometheusExporter());

    /// <summary>The silo's own metrics and, behind them, the fleet's.</summary>
    public static void MapSiloMetrics(this WebApplication app)
    {
        app.UseFleetMetrics(ScrapePath);
        app.MapPrometheusScrapingEndpoint(ScrapePath);
    }

    /// <summary>"dotnet.gc.collections" on /metrics is the fleet's, by service; a name may be there only once.</summary>
    private static MetricStreamConfiguration ToStream(Instrument instrument) => new()
    {
        Name = instrument.Meter.Name == "System.Runtime" ? $"silo.{instrument.Name}" : null,
        CardinalityLimit = MostSeries,
    };

    /// <summary>live: the process answers. ready: the database commits and the silo takes calls.</summary>
    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(Ready),
            ResponseWriter = (context, report) => context.Response.WriteAsJsonAsync(new
            {
                status = report.Status.ToString(),
                checks = report.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Description ?? entry.Value.Status.ToString()),
            }),
        });
    }
}

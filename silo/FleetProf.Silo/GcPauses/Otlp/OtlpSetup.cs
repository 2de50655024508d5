using System.Globalization;
using System.Reflection;
using FleetProf.Silo.Comparisons;
using FleetProf.Silo.GcPauses.Export;
using FleetProf.Silo.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace FleetProf.Silo.GcPauses.Otlp;

/// <summary>Composition of the export by OTLP: the fleet's metrics by <see cref="FleetPush"/>, the silo's own by the SDK.</summary>
internal static class OtlpSetup
{
    private const string SiloName = "fleetprof-silo";

    public static WebApplicationBuilder AddOtlp(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<OtlpOptions>, OtlpOptionsValidation>();
        builder.Services.AddOptions<OtlpOptions>().BindConfiguration(OtlpOptions.Section).ValidateOnStart();
        if (new OtlpSettings(builder.Configuration).Read() is not { } target)
        {
            return builder;
        }

        var silo = NameOf(builder.Configuration);
        builder.Services.AddSingleton(provider => new FleetRequests(provider.GetRequiredService<FleetTotals>(), provider.GetRequiredService<TimeProvider>(), silo, provider.GetService<VerdictGauge>()));
        builder.Services.AddHostedService(provider => new FleetPush(
            provider.GetRequiredService<FleetRequests>(),
            CollectorOf(target, provider.GetRequiredService<TimeProvider>()),
            target,
            provider.GetRequiredService<TimeProvider>(),
            Random.Shared,
            provider.GetRequiredService<ILogger<FleetPush>>()));
        builder.Services.AddOpenTelemetry().ConfigureResource(resource => DescribeSilo(resource, silo)).WithMetrics(metrics => metrics.AddOtlpExporter((exporter, reader) => Configure(exporter, reader, target)));
        return builder;
    }

    public static IOtlpCollector CollectorOf(OtlpTarget target, TimeProvider clock) => target.IsGrpc ? new GrpcCollector(target) : new HttpCollector(target, clock);

    /// <summary>Host and port of the cluster: unlike the name that silos have among themselves it is the same after each start, and no two of one host share it.</summary>
    internal static string NameOf(IConfiguration configuration)
    {
        var port = configuration[$"{SiloOptions.Section}:{nameof(SiloOptions.SiloPort)}"] ?? new SiloOptions().SiloPort.ToString(CultureInfo.InvariantCulture);
        return $"{Environment.MachineName}:{port}";
    }

    private static void DescribeSilo(ResourceBuilder resource, string silo) =>
        resource.AddService(SiloName, serviceVersion: typeof(OtlpSetup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0], serviceInstanceId: silo);

    private static void Configure(OtlpExporterOptions exporter, MetricReaderOptions reader, OtlpTarget target)
    {
        exporter.Endpoint = target.Endpoint;
        exporter.Protocol = target.IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        exporter.Headers = string.Join(',', target.Headers.Select(header => $"{Uri.EscapeDataString(header.Key)}={Uri.EscapeDataString(header.Value)}"));
        exporter.TimeoutMilliseconds = (int)target.Timeout.TotalMilliseconds;
        reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)target.Interval.TotalMilliseconds;

        // Called for gRPC too, whatever the SDK's documentation says.
        exporter.HttpClientFactory = target.NewClient;
    }
}

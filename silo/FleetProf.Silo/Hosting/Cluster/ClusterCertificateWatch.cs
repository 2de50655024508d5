using System.Diagnostics.Metrics;
using FleetProf.Contracts.Access.Cluster;

namespace FleetProf.Silo.Hosting.Cluster;

/// <summary>Tells log and metrics when this silo's certificate of the cluster ends, while there is time to replace it.</summary>
internal sealed partial class ClusterCertificateWatch : BackgroundService
{
    public const string MeterName = "FleetProf.Cluster";
    public const string Name = "fleetprof.cluster.certificate.remaining";

    private readonly ClusterExpiry expiry;

    public ClusterCertificateWatch(ClusterFolder folder, TimeProvider clock, ILogger<ClusterCertificateWatch> logger)
    {
        expiry = new ClusterExpiry(folder, clock, warning => LogEnds(logger, warning));
        Meter.CreateObservableGauge(Name, Measure, "s", "Time until the certificate by which other silos and portals know this silo ends; not above 0 when it has.");
    }

    internal Meter Meter { get; } = new(MeterName);

    public override void Dispose()
    {
        Meter.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => expiry.RunAsync(stoppingToken);

    /// <summary>Nothing while the files cannot be read: an alert on absence then finds it.</summary>
    private IEnumerable<Measurement<double>> Measure() => expiry.Left() is { } left ? [new Measurement<double>(left.TotalSeconds)] : [];

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void LogEnds(ILogger logger, string warning);
}

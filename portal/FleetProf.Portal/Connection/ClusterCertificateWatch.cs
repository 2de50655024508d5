using FleetProf.Contracts.Access.Cluster;
using FleetProf.Portal.Hosting;

namespace FleetProf.Portal.Connection;

/// <summary>Tells the log when this portal's certificate of the cluster ends, while there is time to replace it.</summary>
internal sealed partial class ClusterCertificateWatch(PortalOptions options, TimeProvider clock, ILogger<ClusterCertificateWatch> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        options.ClusterTls is { } folder ? new ClusterExpiry(new ClusterFolder(folder), clock, LogEnds).RunAsync(stoppingToken) : Task.CompletedTask;

    [LoggerMessage(41, LogLevel.Warning, "{Warning}")]
    private partial void LogEnds(string warning);
}

using OpenTelemetry.Proto.Collector.Metrics.V1;

namespace FleetProf.Silo.GcPauses.Otlp;

/// <summary>A collector, over either of the protocol's transports.</summary>
internal interface IOtlpCollector : IDisposable
{
    /// <summary>Sends once. Does not throw for what a collector or a network may do.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    Task<OtlpAnswer> SendAsync(ExportMetricsServiceRequest request, CancellationToken cancellationToken);
}

using Grpc.Core;
using Grpc.Net.Client;
using OpenTelemetry.Proto.Collector.Metrics.V1;

namespace FleetProf.Silo.GcPauses.Otlp;

/// <summary>A collector that speaks gRPC. For one caller at a time.</summary>
internal sealed class GrpcCollector : IOtlpCollector
{
    private readonly OtlpTarget target;
    private readonly Metadata headers = [];
    private GrpcChannel? channel;

    public GrpcCollector(OtlpTarget target)
    {
        this.target = target;
        foreach (var (name, value) in target.Headers)
        {
            headers.Add(name, value);
        }
    }

    public async Task<OtlpAnswer> SendAsync(ExportMetricsServiceRequest request, CancellationToken cancellationToken)
    {
        channel ??= GrpcChannel.ForAddress(target.Endpoint, new GrpcChannelOptions { HttpHandler = target.NewHandler(), DisposeHttpClient = true });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(target.Timeout);
        try
        {
            var answer = await new MetricsService.MetricsServiceClient(channel).ExportAsync(request, headers, cancellationToken: limit.Token);
            return OtlpAnswer.Taken(answer.PartialSuccess?.RejectedDataPoints ?? 0, answer.PartialSuccess?.ErrorMessage ?? "");
        }
        catch (RpcException failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            HangUp();
            var reason = $"{failure.StatusCode}: {failure.Status.Detail}";
            return MayRepeat(failure.StatusCode) ? OtlpAnswer.Later(reason) : OtlpAnswer.Refused(reason);
        }
    }

    public void Dispose() => HangUp();

    /// <summary>A channel that failed would refuse by itself for a while, although the caller waits already.</summary>
    private void HangUp()
    {
        channel?.Dispose();
        channel = null;
    }

    /// <summary>As the protocol's specification says. What is exhausted may be tried again only after a time that is named; the next interval is soon enough.</summary>
    private static bool MayRepeat(StatusCode code) =>
        code is StatusCode.Cancelled or StatusCode.DeadlineExceeded or StatusCode.Aborted or StatusCode.OutOfRange or StatusCode.Unavailable or StatusCode.DataLoss;
}

using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Metrics.V1;

namespace FleetProf.Silo.GcPauses.Otlp;

/// <summary>A collector that speaks protobuf over HTTP.</summary>
internal sealed class HttpCollector : IOtlpCollector
{
    private static readonly MediaTypeHeaderValue Protobuf = new("application/x-protobuf");

    private readonly OtlpTarget target;
    private readonly TimeProvider clock;
    private readonly HttpClient client;

    public HttpCollector(OtlpTarget target, TimeProvider clock)
    {
        (this.target, this.clock) = (target, clock);
        client = target.NewClient();
    }

    public async Task<OtlpAnswer> SendAsync(ExportMetricsServiceRequest request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, target.Endpoint) { Content = new ByteArrayContent(request.ToByteArray()) };
        message.Content.Headers.ContentType = Protobuf;
        foreach (var (name, value) in target.Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var response = await client.SendAsync(message, cancellationToken);
            return response.StatusCode == HttpStatusCode.OK ? Read(await response.Content.ReadAsByteArrayAsync(cancellationToken)) : Refusal(response);
        }
        catch (HttpRequestException failure)
        {
            return OtlpAnswer.Later(failure.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return OtlpAnswer.Later($"no answer within {target.Timeout}");
        }
    }

    public void Dispose() => client.Dispose();

    private static OtlpAnswer Read(byte[] body)
    {
        try
        {
            var partial = ExportMetricsServiceResponse.Parser.ParseFrom(body).PartialSuccess;
            return OtlpAnswer.Taken(partial?.RejectedDataPoints ?? 0, partial?.ErrorMessage ?? "");
        }
        catch (InvalidProtocolBufferException)
        {
            return OtlpAnswer.Refused("it answers 200, but not in protobuf: is this the address of a collector?");
        }
    }

    private OtlpAnswer Refusal(HttpResponseMessage response)
    {
        var reason = $"it answers {(int)response.StatusCode}";
        return response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
            ? OtlpAnswer.Later(reason, response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - clock.GetUtcNow() : null)
            : OtlpAnswer.Refused(reason);
    }
}

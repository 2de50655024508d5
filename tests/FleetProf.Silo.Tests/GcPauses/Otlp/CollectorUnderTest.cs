using System.Collections.Concurrent;
using System.Net;
using FleetProf.TestKit.Processes;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Proto.Collector.Metrics.V1;

namespace FleetProf.Silo.Tests.GcPauses.Otlp;

/// <summary>A receiver of OTLP on a port of its own, in one of its transports, that keeps what it got.</summary>
internal sealed class CollectorUnderTest : IAsyncDisposable
{
    private WebApplication? app;

    private CollectorUnderTest(bool isGrpc) => IsGrpc = isGrpc;

    public bool IsGrpc { get; }

    /// <summary>None that somebody else may be given while it is stopped.</summary>
    public int Port { get; } = FreePort.Next();

    public string Address => $"http://127.0.0.1:{Port}";

    /// <summary>What it took, oldest first.</summary>
    public ConcurrentQueue<ExportMetricsServiceRequest> Requests { get; } = new();

    /// <summary>The headers of each call, also of those that it did not take.</summary>
    public ConcurrentQueue<IReadOnlyDictionary<string, string>> Calls { get; } = new();

    /// <summary>What the next HTTP calls get instead of 200, with a Retry-After in seconds where that is not 0.</summary>
    public ConcurrentQueue<(int Status, int RetryAfter)> Refusals { get; } = new();

    public ExportMetricsServiceResponse Answer { get; set; } = new();

    /// <summary>Completed when the resource of this service has arrived.</summary>
    public ConcurrentDictionary<string, TaskCompletionSource> Arrivals { get; } = new();

    public static async Task<CollectorUnderTest> StartAsync(bool isGrpc)
    {
        var collector = new CollectorUnderTest(isGrpc);
        await collector.StartAsync();
        return collector;
    }

    /// <summary>On the same port each time.</summary>
    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(this);
        builder.Services.AddGrpc();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Port, listen => listen.Protocols = IsGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        app = builder.Build();
        if (IsGrpc)
        {
            app.MapGrpcService<Receiver>();
        }
        else
        {
            app.MapPost("/v1/metrics", ReceiveAsync);
        }

        await app.StartAsync();
    }

    public async Task StopAsync()
    {
        await app!.StopAsync();
        await app.DisposeAsync();
        app = null;
    }

    /// <summary>Waits until a resource of this service has arrived.</summary>
    public Task ArrivalOf(string service) => Arrivals.GetOrAdd(service, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await StopAsync();
        }
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        Calls.Enqueue(context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()));
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (Refusals.TryDequeue(out var refusal))
        {
            context.Response.StatusCode = refusal.Status;
            if (refusal.RetryAfter > 0)
            {
                context.Response.Headers.RetryAfter = refusal.RetryAfter.ToString(System.Globalization.CultureInfo.InvariantCulture);
            }

            return;
        }

        Keep(ExportMetricsServiceRequest.Parser.ParseFrom(body.ToArray()));
        context.Response.ContentType = "application/x-protobuf";
        await context.Response.Body.WriteAsync(Answer.ToByteArray());
    }

    private void Keep(ExportMetricsServiceRequest request)
    {
        Requests.Enqueue(request);
        foreach (var service in request.ResourceMetrics.SelectMany(resource => resource.Resource.Attributes).Where(attribute => attribute.Key == "service.name"))
        {
            Arrivals.GetOrAdd(service.Value.StringValue, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }

    internal sealed class Receiver(CollectorUnderTest collector) : MetricsService.MetricsServiceBase
    {
        public override Task<ExportMetricsServiceResponse> Export(ExportMetricsServiceRequest request, ServerCallContext context)
        {
            collector.Calls.Enqueue(context.RequestHeaders.ToDictionary(header => header.Key, header => header.Value));
            collector.Keep(request);
            return Task.FromResult(collector.Answer);
        }
    }
}

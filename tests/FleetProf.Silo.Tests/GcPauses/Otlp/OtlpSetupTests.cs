using FleetProf.Silo.GcPauses.Otlp;
using FleetProf.Silo.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;

namespace FleetProf.Silo.Tests.GcPauses.Otlp;

[Collection(AskedProxy.InTurn)]
public sealed class OtlpSetupTests : IDisposable
{
    private readonly TrendRig rig = new();

    /// <summary>By the variables that every OpenTelemetry program knows: the fleet's services and the silo itself, each as itself.</summary>
    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Host_WithTheStandardVariables_SendsTheFleetAndItself(string protocol)
    {
        rig.ShowInventory("agent", "a@1.0");
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 1)));
        await using var collector = await CollectorUnderTest.StartAsync(protocol == "grpc");
        await using var app = Build(("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol), ("OTEL_METRIC_EXPORT_INTERVAL", "1000"));

        await app.StartAsync(TestContext.Current.CancellationToken);
        await Task.WhenAll(collector.ArrivalOf("shop"), collector.ArrivalOf("fleetprof-silo")).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        var own = collector.Requests.SelectMany(request => request.ResourceMetrics).First(resource => resource.Resource.Attributes.Any(attribute => attribute.Value.StringValue == "fleetprof-silo"));
        Assert.Contains(own.ScopeMetrics.SelectMany(scope => scope.Metrics), metric => metric.Name.StartsWith("silo.dotnet.gc.", StringComparison.Ordinal));
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>It would read the headers, and is not where this host's collector is known.</summary>
    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Proxy_OfTheEnvironment_IsNotAskedForTheSilosOwnMetrics(string protocol)
    {
        await using var collector = await CollectorUnderTest.StartAsync(protocol == "grpc");
        using var proxy = new AskedProxy(new Uri(collector.Address), new Uri(collector.Address));
        await using var app = Build(("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol), ("OTEL_METRIC_EXPORT_INTERVAL", "1000"));

        await app.StartAsync(TestContext.Current.CancellationToken);
        await collector.ArrivalOf("fleetprof-silo").WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await app.StopAsync(TestContext.Current.CancellationToken);

        Assert.False(proxy.IsAsked);
    }

    [Fact]
    public void Name_OfASilo_IsThatOfItsHostAndPort()
    {
        var builder = WebApplication.CreateSlimBuilder();
        Assert.Equal($"{Environment.MachineName}:11111", OtlpSetup.NameOf(builder.Configuration));

        builder.Configuration["FleetProf:Silo:SiloPort"] = "11112";

        Assert.Equal($"{Environment.MachineName}:11112", OtlpSetup.NameOf(builder.Configuration));
    }

    /// <summary>What was counted since the last time goes out at the end, for the next start counts from zero.</summary>
    [Fact]
    public async Task Host_ThatEnds_SendsOnceMore()
    {
        await using var collector = await CollectorUnderTest.StartAsync(isGrpc: true);
        // It gives itself two seconds for its last words, which here do not pass.
        var time = new RestingTime();
        await using var app = Build(time, ("FleetProf:Otlp:Endpoint", collector.Address));
        await app.StartAsync(TestContext.Current.CancellationToken);
        await time.Rests.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        rig.ShowInventory("agent", "a@1.0");
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 1)));

        await app.StopAsync(TestContext.Current.CancellationToken);

        Assert.Contains(collector.Requests, request => request.ResourceMetrics.Any(resource => resource.Resource.Attributes.Any(attribute => attribute.Value.StringValue == "shop")));
    }

    [Fact]
    public void Host_WithoutSettings_SendsNothing()
    {
        using var app = Build();

        Assert.DoesNotContain(app.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>(), service => service is FleetPush);
    }

    public void Dispose() => rig.Dispose();

    private WebApplication Build(params (string Key, string Value)[] settings) => Build(TimeProvider.System, settings);

    private WebApplication Build(TimeProvider clock, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton(rig.Totals);
        builder.AddSiloMetrics();
        builder.AddOtlp();
        builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
        return builder.Build();
    }

    /// <summary>Stands still, and tells when somebody begins to wait.</summary>
    private sealed class RestingTime() : FakeTimeProvider(Noon)
    {
        private readonly TaskCompletionSource rests = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Rests => rests.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            rests.TrySetResult();
            return timer;
        }
    }
}

using FleetProf.Silo.GcPauses.Otlp;
using OpenTelemetry.Proto.Collector.Metrics.V1;

namespace FleetProf.Silo.Tests.GcPauses.Otlp;

[Collection(AskedProxy.InTurn)]
public sealed class HttpCollectorTests
{
    /// <summary>A proxy of the environment would read the headers, and is not where this host's collector is known. The collector itself plays that proxy.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Proxy_OfTheEnvironment_IsAskedForOtherHostsAlone(bool isOnThisHost)
    {
        await using var collector = await CollectorUnderTest.StartAsync(isGrpc: false);
        var address = new Uri(collector.Address);
        var endpoint = isOnThisHost ? new Uri(address, "/v1/metrics") : new Uri("http://collector.invalid/v1/metrics");
        var target = new OtlpTarget { Endpoint = endpoint, IsGrpc = false, Headers = [], Interval = TimeSpan.FromSeconds(60), Timeout = TimeSpan.FromSeconds(20) };
        using var proxy = new AskedProxy(endpoint, address);
        using var sender = new HttpCollector(target, TimeProvider.System);

        await sender.SendAsync(new ExportMetricsServiceRequest(), TestContext.Current.CancellationToken);

        Assert.Single(collector.Requests);
        Assert.Equal(!isOnThisHost, proxy.IsAsked);
    }
}

using System.Net;
using FleetProf.Silo.GcPauses.Otlp;
using OpenTelemetry.Proto.Collector.Metrics.V1;

namespace FleetProf.Silo.Tests.GcPauses.Otlp;

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
        var proxy = new AskedProxy(endpoint, address);
        var before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = proxy;
        try
        {
            using var sender = new HttpCollector(target, TimeProvider.System);
            await sender.SendAsync(new ExportMetricsServiceRequest(), TestContext.Current.CancellationToken);
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }

        Assert.Single(collector.Requests);
        Assert.Equal(!isOnThisHost, proxy.IsAsked);
    }

    /// <summary>The variables are read once per process, so this stands for them; for one endpoint alone, as tests beside this one go their own ways.</summary>
    private sealed class AskedProxy(Uri endpoint, Uri address) : IWebProxy
    {
        public bool IsAsked { get; private set; }

        public ICredentials? Credentials { get; set; }

        public bool IsBypassed(Uri host) => host != endpoint;

        public Uri? GetProxy(Uri destination)
        {
            IsAsked |= destination == endpoint;
            return address;
        }
    }
}

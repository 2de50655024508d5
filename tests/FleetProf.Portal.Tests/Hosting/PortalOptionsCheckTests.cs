using FleetProf.Portal.Access;
using FleetProf.Portal.Connection;
using FleetProf.Portal.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FleetProf.Portal.Tests.Hosting;

public sealed class PortalOptionsCheckTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://localhost:0")]
    [InlineData("http://[::1]:8080")]
    [InlineData("https://0.0.0.0:8443")]
    public void Listen_LoopbackOrTls_IsAccepted(string listen) => Assert.Empty(PortalOptionsCheck.Problems(new() { Listen = listen }));

    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://[::]:8080")]
    [InlineData("http://portal.example:80")]
    [InlineData("http://10.0.0.4:8080")]
    public void Listen_PlainHttpBeyondLoopback_IsRefusedWithTheWayOut(string listen)
    {
        var problem = Assert.Single(PortalOptionsCheck.Problems(new() { Listen = listen }));

        Assert.Contains("FleetProf:Portal:Listen", problem, StringComparison.Ordinal);
        Assert.Contains("FleetProf:Portal:AllowPlainHttp=true", problem, StringComparison.Ordinal);
        Assert.Empty(PortalOptionsCheck.Problems(new() { Listen = listen, AllowPlainHttp = true }));
    }

    [Theory]
    [InlineData("https://portal.example")]
    [InlineData("https://portal.example/")]
    [InlineData("https://portal.example:8443")]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("")]
    public void PublicUrl_AddressOfAPortal_IsAccepted(string url) => Assert.Empty(PortalOptionsCheck.Problems(new() { PublicUrl = url }));

    [Theory]
    [InlineData("portal.example")]
    [InlineData("portal.example:8443")]
    [InlineData("/fleetprof")]
    [InlineData("ftp://portal.example")]
    [InlineData("https://portal.example/fleetprof")]
    [InlineData("https://portal.example?from=here")]
    [InlineData("https://portal.example/#top")]
    [InlineData("https://admin@portal.example")]
    [InlineData("https://0.0.0.0:8443")]
    public void PublicUrl_Otherwise_IsRefusedWithAnExample(string url)
    {
        var problem = Assert.Single(PortalOptionsCheck.Problems(new() { PublicUrl = url }));

        Assert.StartsWith("FleetProf:Portal:PublicUrl:", problem, StringComparison.Ordinal);
        Assert.Contains("https://portal.example,", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("", 0)]
    [InlineData("10.0.0.5", 1)]
    [InlineData("10.0.0.5, 10.244.7.0/24,fd00::/64,::1", 4)]
    public void TrustedProxies_AddressesAndNetworks_AreAccepted(string? proxies, int count)
    {
        Assert.Empty(PortalOptionsCheck.Problems(new() { TrustedProxies = proxies }));
        Assert.Equal(count, ForwardedAddress.ParseAll(proxies)!.Count);
    }

    [Theory]
    [InlineData("ingress.example")]
    [InlineData("10.0.0.5;10.0.0.6")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.5,0.0.0.0/0")]
    [InlineData("::/0")]
    [InlineData("*")]
    public void TrustedProxies_Otherwise_AreRefusedWithAnExample(string proxies)
    {
        var problem = Assert.Single(PortalOptionsCheck.Problems(new() { TrustedProxies = proxies }));

        Assert.StartsWith("FleetProf:Portal:TrustedProxies:", problem, StringComparison.Ordinal);
        Assert.Contains("10.244.7.0/24", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Gateway_OfAnotherHostWithoutTls_IsRefusedWithTheWayOut()
    {
        var problem = Assert.Single(PortalOptionsCheck.Problems(new() { SiloGateway = "127.0.0.1:30000,10.0.0.4:30000" }));

        Assert.Contains("FleetProf:Portal:SiloGateway: 10.0.0.4", problem, StringComparison.Ordinal);
        Assert.Contains("fleetprof ca cluster", problem, StringComparison.Ordinal);
        Assert.Contains("FleetProf:Portal:ClusterTls", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void ClusterTls_FolderWithoutFiles_IsRefused() =>
        Assert.Contains("FleetProf:Portal:ClusterTls", Assert.Single(PortalOptionsCheck.Problems(new() { SiloGateway = "silo:30000", ClusterTls = "/no/such/folder" })), StringComparison.Ordinal);

    [Fact]
    public void Read_ManyWrongKeys_NamesAllAtOnce()
    {
        var configuration = Configuration(("Listen", "8080"), ("SiloGateway", "silo"), ("DataFolder", " "), ("LoginAttemptsPerMinute", "0"));

        var failure = Assert.Throws<OptionsValidationException>(() => PortalOptionsCheck.Read(configuration));

        Assert.Equal(4, failure.Failures.Count());
        Assert.All(["Listen", "SiloGateway", "DataFolder", "LoginAttemptsPerMinute"], key => Assert.Contains(failure.Failures, text => text.StartsWith($"FleetProf:Portal:{key}:", StringComparison.Ordinal)));
    }

    [Fact]
    public void Read_MisspeltKey_IsRefused()
    {
        var failure = Assert.Throws<OptionsValidationException>(() => PortalOptionsCheck.Read(Configuration(("Lisen", "http://127.0.0.1:1"))));

        Assert.Contains("Lisen", Assert.Single(failure.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:30000", "127.0.0.1", 30000)]
    [InlineData("silo:30000", "silo", 30000)]
    [InlineData("[::1]:30000", "::1", 30000)]
    public void Gateway_HostAndPort_IsRead(string text, string host, int port)
    {
        Assert.True(GatewayAddress.TryParse(text, out var address));
        Assert.Equal(new GatewayAddress(host, port), address);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":30000")]
    [InlineData("silo:")]
    [InlineData("silo:0")]
    [InlineData("silo:70000")]
    [InlineData("http://silo:30000/")]
    public void Gateway_Otherwise_IsRefused(string text) => Assert.False(GatewayAddress.TryParse(text, out _));

    private static IConfiguration Configuration(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(pair => $"{PortalOptions.Section}:{pair.Key}", pair => (string?)pair.Value)).Build();
}

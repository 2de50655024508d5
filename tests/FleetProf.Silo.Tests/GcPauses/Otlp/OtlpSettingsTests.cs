using FleetProf.Silo.GcPauses.Otlp;
using Microsoft.Extensions.Configuration;

namespace FleetProf.Silo.Tests.GcPauses.Otlp;

public sealed class OtlpSettingsTests
{
    [Fact]
    public void Target_WithoutAnEndpoint_IsNone()
    {
        Assert.Null(Read());
        Assert.Null(Read(("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")));
        Assert.Null(Read(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317"), ("OTEL_SDK_DISABLED", "true")));
        Assert.Null(Read(("FleetProf:Otlp:Endpoint", "http://c:4317"), ("OTEL_METRICS_EXPORTER", "none")));
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317", "", "http://c:4317/")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318", "http/protobuf", "http://c:4318/v1/metrics")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "https://c/otlp/", "http/protobuf", "https://c/otlp/v1/metrics")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://c:4318/in", "http/protobuf", "http://c:4318/in")]
    [InlineData("FleetProf:Otlp:Endpoint", "http://c:4318/v1/metrics", "http/protobuf", "http://c:4318/v1/metrics")]
    public void Endpoint_OfEachKey_IsWhereMetricsGo(string key, string value, string protocol, string expected)
    {
        var target = Read((key, value), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol))!;

        Assert.Equal(expected, target.Endpoint.AbsoluteUri);
        Assert.Equal(protocol != "http/protobuf", target.IsGrpc);
        Assert.Equal((TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(10)), (target.Interval, target.Timeout));
    }

    [Fact]
    public void Settings_OfOurOwn_GoBeforeThoseForMetricsAndThoseForAll()
    {
        var target = Read(
            ("FleetProf:Otlp:Endpoint", "http://ours:1"), ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://metrics:2"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:3"),
            ("FleetProf:Otlp:Interval", "00:00:15"), ("OTEL_METRIC_EXPORT_INTERVAL", "30000"),
            ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "2500"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "9000"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer%20t=1, x=y"))!;

        Assert.Equal("ours", target.Endpoint.Host);
        Assert.Equal((TimeSpan.FromSeconds(15), TimeSpan.FromMilliseconds(2_500)), (target.Interval, target.Timeout));
        Assert.Equal([new("authorization", "Bearer t=1"), new("x", "y")], target.Headers);
    }

    [Theory]
    [InlineData("FleetProf:Otlp:Endpoint", "collector:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]
    [InlineData("FleetProf:Otlp:Interval", "0")]
    [InlineData("OTEL_METRIC_EXPORT_INTERVAL", "soon")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "0")]
    [InlineData("FleetProf:Otlp:Headers", "secret")]
    public void Setting_ThatCannotBeUsed_IsNamed(string key, string value)
    {
        var settings = new OtlpSettings(Configuration(("OTEL_EXPORTER_OTLP_ENDPOINT", "https://c:4317"), (key, value)));

        Assert.Null(settings.Read());

        Assert.StartsWith(key, Assert.Single(settings.Problems), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", settings.Problems[0], StringComparison.Ordinal);
    }

    /// <summary>Headers may hold a key, whichever variable names the address.</summary>
    [Theory]
    [InlineData("FleetProf:Otlp:Endpoint", "http://collector:4317", "", true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://10.0.0.9:4318", "", true)]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://collector:4317", "false", true)]
    [InlineData("FleetProf:Otlp:Endpoint", "http://collector:4317", "true", false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317", "True", false)]
    [InlineData("FleetProf:Otlp:Endpoint", "https://collector:4317", "", false)]
    [InlineData("FleetProf:Otlp:Endpoint", "http://127.0.0.1:4317", "", false)]
    [InlineData("FleetProf:Otlp:Endpoint", "http://[::1]:4317", "", false)]
    [InlineData("FleetProf:Otlp:Endpoint", "http://localhost:4317", "", false)]
    public void Endpoint_OfAnotherHostWithoutTls_IsRefusedUnlessItIsAllowed(string key, string endpoint, string allowed, bool isRefused)
    {
        var settings = new OtlpSettings(Configuration((key, endpoint), ("FleetProf:Otlp:AllowPlainHttp", allowed)));

        Assert.Equal(isRefused, settings.Read() is null);
        Assert.All(settings.Problems, problem => Assert.StartsWith($"{key} = {endpoint} is on another host, without TLS.", problem, StringComparison.Ordinal));
        Assert.All(settings.Problems, problem => Assert.Contains("FleetProf:Otlp:AllowPlainHttp=true", problem, StringComparison.Ordinal));
    }

    /// <summary>Most are about something else than TLS.</summary>
    private static OtlpTarget? Read(params (string Key, string Value)[] settings) =>
        new OtlpSettings(Configuration([.. settings, ("FleetProf:Otlp:AllowPlainHttp", "true")])).Read();

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value))).Build();
}

namespace FleetProf.Silo.GcPauses.Otlp;

/// <summary>Options of section FleetProf:Otlp. What is not set here is taken from OpenTelemetry's own variables (OTEL_EXPORTER_OTLP_ENDPOINT and so on).</summary>
public sealed class OtlpOptions
{
    public const string Section = "FleetProf:Otlp";

    /// <summary>
    /// Address of the collector, for example "https://collector:4317"; http:// on this host only, or with <see cref="AllowPlainHttp"/>. Default: none,
    /// nothing is sent.
    /// </summary>
    public string? Endpoint { get; set; }

    /// <summary>
    /// Allows a collector of another host without TLS, where nobody else is on that network; whoever is there can read metrics and headers. It holds for
    /// OpenTelemetry's variables too. Default: false.
    /// </summary>
    public bool AllowPlainHttp { get; set; }

    /// <summary>"grpc" or "http/protobuf". Default: "grpc".</summary>
    public string? Protocol { get; set; }

    /// <summary>Sent with each request, as "name=value,name=value". Default: none.</summary>
    public string? Headers { get; set; }

    /// <summary>How often everything is sent. Default: 60 seconds. Between 1 second and 1 hour.</summary>
    public TimeSpan? Interval { get; set; }

    /// <summary>How long one request may take. Default: 10 seconds. Between 100 milliseconds and 5 minutes.</summary>
    public TimeSpan? Timeout { get; set; }
}

namespace FleetProf.Silo.GcPauses.Otlp;

/// <summary>Options of section FleetProf:Otlp. What is not set here is taken from OpenTelemetry's own variables (OTEL_EXPORTER_OTLP_ENDPOINT and so on).</summary>
public sealed class OtlpOptions
{
    public const string Section = "FleetProf:Otlp";

    /// <summary>Address of the collector, for example "http://collector:4317". Default: none, nothing is sent.</summary>
    public string? Endpoint { get; set; }

    /// <summary>"grpc" or "http/protobuf". Default: "grpc".</summary>
    public string? Protocol { get; set; }

    /// <summary>Sent with each request, as "name=value,name=value". Default: none.</summary>
    public string? Headers { get; set; }

    /// <summary>How often everything is sent. Default: 60 seconds. Between 1 second and 1 hour.</summary>
    public TimeSpan? Interval { get; set; }

    /// <summary>How long one request may take. Default: 10 seconds. Between 100 milliseconds and 5 minutes.</summary>
    public TimeSpan? Timeout { get; set; }
}

namespace FleetProf.Silo.GcPauses.Otlp;

/// <summary>Where metrics are sent, and how.</summary>
internal sealed record OtlpTarget
{
    /// <summary>The whole address for HTTP; scheme, host and port for gRPC.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Else protobuf over HTTP.</summary>
    public required bool IsGrpc { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    public required TimeSpan Interval { get; init; }

    public required TimeSpan Timeout { get; init; }
}

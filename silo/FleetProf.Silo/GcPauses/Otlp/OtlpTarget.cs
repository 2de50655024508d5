namespace FleetProf.Silo.GcPauses.Otlp;

/// <summary>Where metrics are sent, and how.</summary>
internal sealed record OtlpTarget
{
    private const int LongestAnswer = 1 << 20;

    /// <summary>The whole address for HTTP; scheme, host and port for gRPC.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Else protobuf over HTTP.</summary>
    public required bool IsGrpc { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    public required TimeSpan Interval { get; init; }

    public required TimeSpan Timeout { get; init; }

    /// <summary>A redirect would carry the headers, which may be secrets, elsewhere; so would a proxy of the environment, which is asked for this host too.</summary>
    public SocketsHttpHandler NewHandler() => new() { AllowAutoRedirect = false, UseCookies = false, UseProxy = !Endpoint.IsLoopback };

    public HttpClient NewClient() => new(NewHandler()) { Timeout = Timeout, MaxResponseContentBufferSize = LongestAnswer };
}

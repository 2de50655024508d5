using System.Globalization;

namespace FleetProf.Silo.GcPauses.Otlp;

/// <summary>
/// Reads where to send metrics: from <see cref="OtlpOptions"/>, else from OpenTelemetry's variables for metrics, else from those for all
/// signals (specification "OpenTelemetry Protocol Exporter"). Nothing is sent unless one of them names an endpoint.
/// </summary>
internal sealed class OtlpSettings(IConfiguration configuration)
{
    private const string MetricsPath = "v1/metrics";
    private const string PlainKey = $"{OtlpOptions.Section}:{nameof(OtlpOptions.AllowPlainHttp)}";

    private readonly List<string> problems = [];

    /// <summary>What is wrong with the settings, each naming its key; empty when they can be used.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>Null when nothing is to be sent, or when there are problems.</summary>
    public OtlpTarget? Read()
    {
        problems.Clear();
        if (IsOff() || EndpointText() is not { Text.Length: > 0 } address)
        {
            return null;
        }

        var isGrpc = IsGrpc();
        var target = new OtlpTarget
        {
            Endpoint = Endpoint(address, isGrpc),
            IsGrpc = isGrpc,
            Headers = Headers(),
            Interval = Duration(nameof(OtlpOptions.Interval), ["OTEL_METRIC_EXPORT_INTERVAL"], TimeSpan.FromSeconds(60), (TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))),
            Timeout = Duration(
                nameof(OtlpOptions.Timeout), ["OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"], TimeSpan.FromSeconds(10), (TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5))),
        };
        return problems.Count == 0 ? target : null;
    }

    private bool IsOff() =>
        string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase) || string.Equals(configuration["OTEL_METRICS_EXPORTER"], "none", StringComparison.OrdinalIgnoreCase);

    /// <summary>An address for metrics only is whole; others lack the path that HTTP has for metrics.</summary>
    private (string Key, string Text, bool IsWhole) EndpointText()
    {
        var (key, text) = First(nameof(OtlpOptions.Endpoint), ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]);
        return (key, text, key == "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT" || text.EndsWith(MetricsPath, StringComparison.Ordinal));
    }

    private Uri Endpoint((string Key, string Text, bool IsWhole) address, bool isGrpc)
    {
        if (!Uri.TryCreate(address.Text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            problems.Add($"{address.Key} = {address.Text} is no address. Give scheme, host and port, for example https://collector:4317.");
            return new Uri("http://localhost");
        }

        // Headers often hold a key.
        if (uri is { Scheme: "http", IsLoopback: false } && !(bool.TryParse(configuration[PlainKey], out var isAllowed) && isAllowed))
        {
            problems.Add($"{address.Key} = {address.Text} is on another host, without TLS. Write https://, or set {PlainKey}=true where nobody else is on that network.");
        }

        return isGrpc || address.IsWhole ? uri : new Uri(uri.AbsoluteUri.TrimEnd('/') + "/" + MetricsPath);
    }

    private bool IsGrpc()
    {
        var (key, text) = First(nameof(OtlpOptions.Protocol), ["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"]);
        if (text is not ("" or "grpc" or "http/protobuf"))
        {
            problems.Add($"{key} = {text} is not spoken here. Use grpc or http/protobuf.");
        }

        return text is not "http/protobuf";
    }

    private List<KeyValuePair<string, string>> Headers()
    {
        var (key, text) = First(nameof(OtlpOptions.Headers), ["OTEL_EXPORTER_OTLP_METRICS_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"]);
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                // The value may be a secret.
                problems.Add($"{key} has a part without a name or a \"=\". Give name=value,name=value.");
                continue;
            }

            headers.Add(new(Uri.UnescapeDataString(pair[..equals].Trim()).ToLowerInvariant(), Uri.UnescapeDataString(pair[(equals + 1)..].Trim())));
        }

        return headers;
    }

    /// <summary>Ours are written as time spans, OpenTelemetry's in milliseconds.</summary>
    private TimeSpan Duration(string option, string[] variables, TimeSpan fallback, (TimeSpan Least, TimeSpan Most) bounds)
    {
        var (key, text) = First(option, variables);
        if (text.Length == 0)
        {
            return fallback;
        }

        var isOurs = key.StartsWith(OtlpOptions.Section, StringComparison.Ordinal);
        TimeSpan? value = isOurs
            ? TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : null
            : long.TryParse(text, CultureInfo.InvariantCulture, out var milliseconds) && Math.Abs(milliseconds) < 1_000_000_000 ? TimeSpan.FromMilliseconds(milliseconds) : null;
        if (value is null || value < bounds.Least || value > bounds.Most)
        {
            problems.Add($"{key} = {text}. Give {bounds.Least} to {bounds.Most}, {(isOurs ? $"for example \"{fallback}\"" : $"in milliseconds, for example {fallback.TotalMilliseconds}")}.");
        }

        return value ?? fallback;
    }

    private (string Key, string Text) First(string option, string[] variables)
    {
        string[] keys = [$"{OtlpOptions.Section}:{option}", .. variables];
        return keys.Select(key => (key, configuration[key]?.Trim() ?? "")).FirstOrDefault(entry => entry.Item2.Length > 0, (keys[0], ""));
    }
}

namespace FleetProf.Agent.Discovery.Identity;

/// <summary>
/// The attributes of OTEL_RESOURCE_ATTRIBUTES that say who a service is. Others are not kept: people put anything there.
/// Format: key=value, comma separated, percent encoded (OpenTelemetry resource SDK, environment variables).
/// </summary>
internal sealed class ResourceAttributes
{
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "service.name", "service.version", "service.instance.id", "service.namespace",
        "deployment.environment.name", "deployment.environment",
        "k8s.pod.name", "k8s.pod.uid", "k8s.namespace.name", "k8s.deployment.name", "k8s.node.name",
        "cloud.region", "cloud.availability_zone", "container.id",
    };

    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    /// <summary>Null when absent or empty after cleaning.</summary>
    public string? this[string key] => values.GetValueOrDefault(key);

    /// <summary>Entries that do not follow the format are passed over.</summary>
    public static ResourceAttributes Parse(string? text)
    {
        var attributes = new ResourceAttributes();
        foreach (var entry in (text ?? "").Split(','))
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !Known.Contains(entry[..equals].Trim())) continue;
            var value = CleanText.Of(Uri.UnescapeDataString(entry[(equals + 1)..].Trim().Trim('"')));
            if (value.Length > 0) attributes.values.TryAdd(entry[..equals].Trim(), value);
        }
        return attributes;
    }
}

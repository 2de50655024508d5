using System.Text.Json.Serialization;

namespace FleetProf.Portal.Budgets;

/// <summary>One alert of Alertmanager's webhook; what else it carries is left out.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record FiringAlert
{
    /// <summary>The first that it carries counts: a scrape adds the label service for what was scraped, as the Prometheus Operator does with the Service of an exporter.</summary>
    private static readonly string[] ServiceLabels = ["service_name", "service"];

    /// <summary>"firing" or "resolved".</summary>
    public string? Status { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    [JsonIgnore] public bool IsFiring => Status != "resolved" && Service is not null;

    /// <summary>Null when it names none.</summary>
    [JsonIgnore] public string? Service => ServiceLabels.Select(label => Labels.GetValueOrDefault(label)).FirstOrDefault(service => !string.IsNullOrEmpty(service));

    /// <summary>"HighErrorRate: Errors of checkout are over 5%"</summary>
    [JsonIgnore] public string Reason => string.Join(": ", new[] { Labels.GetValueOrDefault("alertname") ?? "alert", Annotations.GetValueOrDefault("summary") ?? Annotations.GetValueOrDefault("description") }
        .Where(part => !string.IsNullOrWhiteSpace(part)));
}

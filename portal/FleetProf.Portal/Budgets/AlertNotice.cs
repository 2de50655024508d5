using System.Text.Json.Serialization;
using FleetProf.Contracts.Budgets;
using FleetProf.Portal.Problems;

namespace FleetProf.Portal.Budgets;

/// <summary>Either alerts as Alertmanager's webhook sends them, or one by service and reason.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record AlertNotice
{
    private const int MostServices = 50;

    /// <summary>A service, or "*" for all.</summary>
    public string? Service { get; init; }

    /// <summary>What is wrong with it.</summary>
    public string? Reason { get; init; }

    /// <summary>Of Alertmanager.</summary>
    public IReadOnlyList<FiringAlert>? Alerts { get; init; }

    [JsonIgnore] public int IgnoredAlerts => Alerts?.Count(alert => !alert.IsFiring) ?? 0;

    [JsonIgnore] public FieldProblem[]? Problem =>
        Alerts is null && (string.IsNullOrEmpty(Service) || string.IsNullOrWhiteSpace(Reason)) ? [new("service", "Send service and reason, or what Alertmanager's webhook sends. \"*\" is all services.")]
        : Alerts is not null && Service is not null ? [new("service", "Send either alerts or one service.")]
        : Alerts?.Where(alert => alert.IsFiring).DistinctBy(alert => alert.Service).Count() > MostServices ? [new("alerts", $"At most {MostServices} services at once; for more send service \"*\".")]
        : null;

    /// <summary>Each service once, with the reason of its first alert.</summary>
    public IEnumerable<(string Service, string Reason)> Trips() => Alerts is null
        ? [(Service!, Clean(Reason!))]
        : Alerts.Where(alert => alert.IsFiring).DistinctBy(alert => alert.Service).Select(alert => (alert.Service!, Clean(alert.Reason)));

    /// <summary>Texts of alerts are templates that somebody filled in elsewhere: one line, and not too long.</summary>
    private static string Clean(string text)
    {
        var line = string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character)).Trim();
        return line.Length > HoldRequest.LongestReason ? line[..HoldRequest.LongestReason] : line;
    }
}

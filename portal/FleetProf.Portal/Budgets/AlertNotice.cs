using System.Text.Json.Serialization;
using FleetProf.Contracts.Budgets;
using FleetProf.Portal.Problems;

namespace FleetProf.Portal.Budgets;

/// <summary>Either alerts as Alertmanager's webhook sends them, or one by service and reason.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record AlertNotice
{
    /// <summary>Each is a write of its own to the catalog.</summary>
    public const int MostServices = 50;

    /// <summary>A service, or "*" for all.</summary>
    public string? Service { get; init; }

    /// <summary>What is wrong with it.</summary>
    public string? Reason { get; init; }

    /// <summary>Of Alertmanager.</summary>
    public IReadOnlyList<FiringAlert>? Alerts { get; init; }

    [JsonIgnore] public int IgnoredAlerts => Alerts?.Count(alert => !alert.IsFiring) ?? 0;

    /// <summary>Services beyond the first <see cref="MostServices"/>.</summary>
    [JsonIgnore] public int ServicesLeftOut => Math.Max(0, Firing.Count() - MostServices);

    [JsonIgnore] public FieldProblem[]? Problem =>
        Alerts is null && (string.IsNullOrEmpty(Service) || string.IsNullOrWhiteSpace(Reason)) ? [new("service", "Send service and reason, or what Alertmanager's webhook sends. \"*\" is all services.")]
        : Alerts is not null && Service is not null ? [new("service", "Send either alerts or one service.")]
        : null;

    /// <summary>The first of each service; one about all of them comes first, so that it is never among those that are left out.</summary>
    private IEnumerable<FiringAlert> Firing =>
        (Alerts ?? []).Where(alert => alert.IsFiring).DistinctBy(alert => alert.Service).OrderBy(alert => alert.Service != CaptureHold.EveryService);

    /// <summary>Each service once, with the reason of its first alert.</summary>
    public IEnumerable<(string Service, string Reason)> Trips() => Alerts is null
        ? [(Service!, Clean(Reason!))]
        : Firing.Take(MostServices).Select(alert => (alert.Service!, Clean(alert.Reason)));

    /// <summary>Texts of alerts are templates that somebody filled in elsewhere: one line, and not too long.</summary>
    private static string Clean(string text)
    {
        var line = string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character)).Trim();
        return line.Length > HoldRequest.LongestReason ? line[..HoldRequest.LongestReason] : line;
    }
}

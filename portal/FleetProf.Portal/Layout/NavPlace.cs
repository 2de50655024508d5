using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Layout;

/// <summary>One link of the navigation: where it leads, and the key after `g` that goes there.</summary>
internal sealed record NavPlace(string Path, string Title, char Key, params string[] Sections)
{
    /// <summary>It is no place for those who do not hold this.</summary>
    public Permission Needs { get; init; } = Permission.See;

    /// <summary>It is about the whole installation: no place for those who are limited to services.</summary>
    public bool IsOfAll { get; init; }

    public static readonly IReadOnlyList<NavPlace> All =
    [
        new("", "Fleet", 'f', "", "services"),
        new("pauses", "Pauses", 'p', "pauses"),
        new("campaigns", "Campaigns", 'c', "campaigns"),
        new("captures", "Captures", 't', "captures", "heaps", "allocations", "profiles"),
        new("comparisons", "Compare", 'h', "comparisons", "compare"),
        new("agents", "Agents", 'a', "agents") { IsOfAll = true },
        new("audit", "Audit", 'u', "audit", "people") { Needs = Permission.Audit },
    ];

    /// <summary>The place that a path relative to the base address belongs to; null when none.</summary>
    public static NavPlace? Of(string relativePath)
    {
        var section = relativePath.Split('/', '?', '#')[0];
        return All.FirstOrDefault(place => place.Sections.Contains(section, StringComparer.OrdinalIgnoreCase));
    }
}

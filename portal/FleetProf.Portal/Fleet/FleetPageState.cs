using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Layout;

namespace FleetProf.Portal.Fleet;

/// <summary>What the fleet page shows; all of it stands in the address.</summary>
public sealed record FleetPageState
{
    public const int MostSelected = 100;

    public const int MostOpened = 100;

    /// <summary>Words that must all occur in a row; empty shows all.</summary>
    public string Search { get; init; } = "";

    /// <summary>Empty shows all.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    public IReadOnlyList<string> Versions { get; init; } = [];

    /// <summary>Empty shows all but ended ones.</summary>
    public IReadOnlyList<InstanceState> States { get; init; } = [];

    public FleetColumn Sort { get; init; } = FleetColumn.Service;

    public bool IsDescending { get; init; }

    /// <summary>One row per service, with the rows of opened services below.</summary>
    public bool IsGrouped { get; init; }

    /// <summary>Services whose rows are open while grouped, at most <see cref="MostOpened"/>.</summary>
    public IReadOnlyList<string> Opened { get; init; } = [];

    /// <summary>Instance ids, at most <see cref="MostSelected"/>.</summary>
    public IReadOnlyList<string> Selected { get; init; } = [];

    /// <summary>True when rows can be hidden by it.</summary>
    public bool IsFiltered => Search.Length > 0 || Services.Count + Versions.Count + States.Count > 0;

    /// <summary>Unknown or broken parts of an address are left out.</summary>
    public static FleetPageState FromUri(string uri)
    {
        var query = new PageQuery(uri);
        return new()
        {
            Search = query.Text("q") ?? "",
            // All that can be chosen: one that is left out here would be gone with the press that chose it.
            Services = query.Texts("service", int.MaxValue),
            Versions = query.Texts("version", int.MaxValue),
            States = query.Choices<InstanceState>("state"),
            Sort = query.Choice("sort", FleetColumn.Service),
            IsDescending = query.Text("order") == "desc",
            IsGrouped = query.Text("group") == "service",
            Opened = query.Texts("open", MostOpened),
            Selected = query.Texts("select", MostSelected),
        };
    }

    public string ToUri() => new PageQuery()
        .Add("q", Search)
        .Add("service", Services)
        .Add("version", Versions)
        .Add("state", States.Select(PageQuery.NameOf))
        .Add("sort", Sort == FleetColumn.Service ? null : PageQuery.NameOf(Sort))
        .Add("order", IsDescending ? "desc" : null)
        .Add("group", IsGrouped ? "service" : null)
        .Add("open", IsGrouped ? Opened : [])
        .Add("select", Selected)
        .ToUri("/");

    /// <summary>Where a campaign on the selected instances begins.</summary>
    public string ToCaptureUri() => new PageQuery().Add("instances", Selected).ToUri("/campaigns/new");

    /// <summary>A first click sorts numbers from the worst, texts from A; a second click turns round.</summary>
    public FleetPageState SortedBy(FleetColumn column) => this with
    {
        Sort = column,
        IsDescending = column == Sort ? !IsDescending : column is >= FleetColumn.Cpu and not FleetColumn.State,
    };

    /// <summary>Where the list is full it takes no other one, and keeps those that it has.</summary>
    public FleetPageState WithSelected(string instanceId, bool isSelected) =>
        isSelected && Selected.Count >= MostSelected ? this : this with { Selected = Toggle(Selected, instanceId, isSelected, MostSelected) };

    /// <summary>Whether its rows are open, or can be.</summary>
    public bool CanOpen(string service) => Opened.Count < MostOpened || Opened.Contains(service);

    /// <summary>Where as many are open as can be it opens no other one, and closes none.</summary>
    public FleetPageState WithOpened(string service, bool isOpen) =>
        isOpen && !CanOpen(service) ? this : this with { Opened = Toggle(Opened, service, isOpen, MostOpened) };

    internal static IReadOnlyList<string> Toggle(IReadOnlyList<string> values, string value, bool isIn, int most = int.MaxValue) =>
        [.. values.Where(known => known != value).Concat(isIn ? [value] : []).Order(StringComparer.Ordinal).Take(most)];
}

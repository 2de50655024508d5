using FleetProf.Portal.Fleet;
using FleetProf.Portal.Layout;

namespace FleetProf.Portal.GcPauses;

/// <summary>What the page of a service shows; all of it stands in the address.</summary>
public sealed record ServicePageState
{
    public const string DefaultRange = "1h";

    /// <summary>Offered relative ranges, each ending now.</summary>
    public static readonly IReadOnlyDictionary<string, TimeSpan> Ranges = new Dictionary<string, TimeSpan>(StringComparer.Ordinal)
    {
        ["15m"] = TimeSpan.FromMinutes(15), ["1h"] = TimeSpan.FromHours(1), ["6h"] = TimeSpan.FromHours(6), ["24h"] = TimeSpan.FromHours(24), ["7d"] = TimeSpan.FromDays(7),
    };

    /// <summary>A key of <see cref="Ranges"/>; holds while no absolute range is set, and again after a reset.</summary>
    public string Range { get; init; } = DefaultRange;

    /// <summary>Start of an absolute range; set together with <see cref="To"/>.</summary>
    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    /// <summary>Only this instance; null merges all.</summary>
    public string? Instance { get; init; }

    /// <summary>One line per instance.</summary>
    public bool IsPerInstance { get; init; }

    /// <summary>Pauses by generation instead of by percentile.</summary>
    public bool IsByGeneration { get; init; }

    /// <summary>A point for every window that is kept, instead of as many as a screen shows well. Where too many would be merged the silo gives minutes.</summary>
    public bool IsFine { get; init; }

    /// <summary>Order of the instances; at first those with the longest pauses.</summary>
    public FleetColumn Sort { get; init; } = FleetColumn.PauseP99;

    public bool IsDescending { get; init; } = true;

    /// <summary>Ids of the instances chosen for a capture.</summary>
    public IReadOnlyList<string> Selected { get; init; } = [];

    public bool IsAbsolute => From is not null;

    /// <summary>Unknown or broken parts of an address are left out.</summary>
    public static ServicePageState FromUri(string uri)
    {
        var query = new PageQuery(uri);
        var (from, to) = (query.Time("from"), query.Time("to"));
        var isAbsolute = from is not null && to is not null && from < to;
        return new()
        {
            Range = query.Text("range") is { } range && Ranges.ContainsKey(range) ? range : DefaultRange,
            From = isAbsolute ? from : null,
            To = isAbsolute ? to : null,
            Instance = query.Text("instance"),
            IsPerInstance = query.Text("each") == "instance",
            IsByGeneration = query.Text("pauses") == "generation",
            IsFine = query.Text("points") == "every",
            Sort = query.Choice("sort", FleetColumn.PauseP99),
            IsDescending = query.Text("order") != "asc",
            Selected = query.Texts("select", FleetPageState.MostSelected),
        };
    }

    public string ToUri(string service) => new PageQuery()
        .Add("range", Range == DefaultRange ? null : Range)
        .Add("from", From)
        .Add("to", To)
        .Add("instance", Instance)
        .Add("each", IsPerInstance ? "instance" : null)
        .Add("pauses", IsByGeneration ? "generation" : null)
        .Add("points", IsFine ? "every" : null)
        .Add("sort", Sort == FleetColumn.PauseP99 ? null : PageQuery.NameOf(Sort))
        .Add("order", IsDescending ? null : "asc")
        .Add("select", Selected)
        .ToUri($"/services/{Uri.EscapeDataString(service)}");

    /// <summary>Order and choice of its instances, as the fleet's table takes them.</summary>
    public FleetPageState ToFleet(string service) => new() { Services = [service], Sort = Sort, IsDescending = IsDescending, Selected = Selected };

    /// <summary>Takes over order and choice from the fleet's table.</summary>
    public ServicePageState With(FleetPageState fleet) => this with { Sort = fleet.Sort, IsDescending = fleet.IsDescending, Selected = fleet.Selected };

    /// <summary>An absolute range of at least ten seconds, the shortest window that is kept.</summary>
    public ServicePageState Between(DateTimeOffset from, DateTimeOffset to) => this with
    {
        From = from, To = to - from < TimeSpan.FromSeconds(10) ? from + TimeSpan.FromSeconds(10) : to,
    };
}

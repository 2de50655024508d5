using System.Globalization;
using FleetProf.Contracts.Access;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.Access;

/// <summary>The audit log, newest first, page by page.</summary>
public sealed partial class AuditPage
{
    private const int PageRows = 100;

    private readonly LatestLoad _loads = new();
    private IReadOnlyList<AuditEntry>? _rows;
    private string? _problem;

    [SupplyParameterFromQuery(Name = "actor")] public string? Actor { get; set; }

    [SupplyParameterFromQuery(Name = "action")] public string? Action { get; set; }

    [SupplyParameterFromQuery(Name = "decision")] public string? Decision { get; set; }

    [SupplyParameterFromQuery(Name = "from")] public string? From { get; set; }

    [SupplyParameterFromQuery(Name = "until")] public string? Until { get; set; }

    [SupplyParameterFromQuery(Name = "before")] public string? Before { get; set; }

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required NavigationManager Navigation { get; init; }

    protected override Task OnParametersSetAsync() => LoadAsync();

    private Task LoadAsync() => _loads.RunAsync(
        async () =>
        {
            var rows = await Cluster.GetGrain<IAuditGrain>(0).ListAsync(new AuditQuery
            {
                Actor = Given(Actor),
                Action = Given(Action),
                Decision = Enum.TryParse<AuditDecision>(Decision, ignoreCase: true, out var decision) ? decision : null,
                From = DayOf(From),
                To = EndOf(Until),
                Cursor = long.TryParse(Before, CultureInfo.InvariantCulture, out var cursor) ? cursor : null,
                Limit = PageRows,
            });
            return () => (_rows, _problem) = (rows, null);
        },
        failure => _problem = OutageSentence.Of(failure, OutageSentence.MayBeOld));

    /// <summary>Every filter is in the address; another filter begins at the newest row again.</summary>
    private void Filter(string name, string? value) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { [name] = Given(value?.Trim()), ["before"] = null }));

    private string AddressOf(long? before) => Navigation.GetUriWithQueryParameter("before", before);

    private string WithoutRenewals() => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["action"] = "!agent.renew", ["before"] = null });

    private string ExportAddress(string format) => new PageQuery()
        .Add("format", format).Add("actor", Actor).Add("action", Action).Add("decision", Decision).Add("from", DayOf(From))
        // Rows have milliseconds; to the second, those of the last one would be in the list and not in the file.
        .Add("to", EndOf(Until)?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture))
        .ToUri("api/v1/audit/export");

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static DateTimeOffset? DayOf(string? text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) ? day : null;

    /// <summary>Its last millisecond.</summary>
    private static DateTimeOffset? EndOf(string? day) => DayOf(day)?.AddDays(1).AddMilliseconds(-1);
}

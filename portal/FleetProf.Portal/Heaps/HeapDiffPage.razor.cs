using FleetProf.Contracts.Captures;
using FleetProf.Portal.Captures;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.Heaps;

/// <summary>What changed between two heap snapshots of a service; both are in the address.</summary>
public sealed partial class HeapDiffPage
{
    private const int MostCaptures = 1_000;

    private readonly LatestLoad _loads = new();
    private string? _shown;
    private IReadOnlyList<Capture>? _known;
    private IReadOnlyList<string> _services = [];
    private string? _service;
    private Capture? _from;
    private Capture? _to;
    private string? _refusal;
    private string? _problem;

    [SupplyParameterFromQuery(Name = "from")] public string? From { get; set; }

    [SupplyParameterFromQuery(Name = "to")] public string? To { get; set; }

    [SupplyParameterFromQuery(Name = "service")] public string? Service { get; set; }

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required NavigationManager Navigation { get; init; }

    private string Title => _service is null ? "Heap difference" : $"Heap difference of {_service}";

    /// <summary>The page for two captures; one that is left out is chosen by the page.</summary>
    internal static string UriOf(string? from, string? to) => new PageQuery().Add("from", from).Add("to", to).ToUri("heaps/diff");

    protected override async Task OnParametersSetAsync()
    {
        var asked = $"{From} {To} {Service}";
        if (_shown != asked)
        {
            _shown = asked;
            await LoadAsync();
        }
    }

    private static string ServiceUri(string? service) => new PageQuery().Add("service", service).ToUri("heaps/diff");

    private void Open(string uri) => Navigation.NavigateTo(uri);

    private Task LoadAsync()
    {
        var (fromId, toId, asked) = (From, To, Service);
        return _loads.RunAsync(
            async () =>
            {
                var (from, to) = (await CaptureApi.FindAsync(Cluster, fromId), await CaptureApi.FindAsync(Cluster, toId));
                var newest = await ReadyAsync(null);
                var service = (to ?? from)?.Service ?? asked ?? (newest.Count > 0 ? newest[0].Service : null);
                var known = service is null ? newest : await ReadyAsync(service);
                return () =>
                {
                    _known = known;
                    (_service, _problem) = (service, null);
                    Choose(from, to);
                    // The newest of the whole fleet may be of others alone.
                    _services = [.. newest.Concat(_known).Select(capture => capture.Service).Distinct().Order(StringComparer.Ordinal)];
                };
            },
            failure => _problem = OutageSentence.Of(failure, ", so the difference cannot be shown"));
    }

    /// <summary>Snapshots whose files are still there, newest first.</summary>
    /// <param name="service">Null: of all services. The limit then counts what others captured, so that this says little about one of them.</param>
    private async Task<IReadOnlyList<Capture>> ReadyAsync(string? service)
    {
        var ready = await Cluster.GetGrain<ICaptureQueryGrain>(0).ListAsync(new() { Service = service, Kind = CaptureKind.Gcdump, State = CaptureState.Ready, Limit = MostCaptures });
        return [.. ready.Where(capture => capture.RemovedAt is null)];
    }

    private void Choose(Capture? from, Capture? to)
    {
        if (from is not null && to is null)
        {
            to = _known!.FirstOrDefault(capture => capture.CaptureId != from.CaptureId && capture.RequestedAt >= from.RequestedAt) ?? HeapPair.PartnerOf(from, _known!);
        }
        else
        {
            to ??= _known!.Count > 0 ? _known[0] : null;
            from ??= to is null ? null : HeapPair.PartnerOf(to, _known!);
        }

        _refusal = from is null || to is null ? null : HeapPair.WhyNot(from, to);
        (_from, _to) = from is null || to is null || _refusal is not null ? (null, null) : (from, to);
        if (_from is not null && _to is not null)
        {
            // Whoever gave them may know older ones than the list.
            _known = [.. _known!.Append(_from).Append(_to).DistinctBy(capture => capture.CaptureId).OrderByDescending(capture => capture.RequestedAt)];
        }
    }

    private static string NameOf(Capture capture) =>
        $"{CaptureWords.Time(capture.RequestedAt)}, {capture.Version} on {capture.Host}, {CaptureWords.Bytes(capture.Summary?.HeapBytes ?? 0)}{(capture.Summary is { IsComplete: false } ? ", incomplete" : "")}";

    private static string Growth(Capture from, Capture to)
    {
        var growth = (to.Summary?.HeapBytes ?? 0) - (from.Summary?.HeapBytes ?? 0);
        return $"{(growth > 0 ? "+" : growth < 0 ? "−" : "")}{CaptureWords.Bytes(Math.Abs(growth))}";
    }

    private static string Distance(Capture from, Capture to)
    {
        var time = to.RequestedAt - from.RequestedAt;
        var (size, word) = (time.Duration(), time < TimeSpan.Zero ? "earlier" : "later");
        return size.TotalHours >= 48 ? $"{size.TotalDays:0} days {word}" : size.TotalMinutes >= 120 ? $"{size.TotalHours:0} hours {word}" : $"{size.TotalMinutes:0} minutes {word}";
    }

    private static string? Incomplete(Capture from, Capture to)
    {
        var sides = new[] { ("first", from), ("second", to) }.Where(side => side.Item2.Summary is { IsComplete: false })
            .Select(side => $"The {side.Item1} snapshot lacks objects{(side.Item2.Summary!.IncompleteReason is { } reason ? $" ({reason})" : "")}.").ToList();
        return sides.Count == 0 ? null : string.Join(' ', sides);
    }
}

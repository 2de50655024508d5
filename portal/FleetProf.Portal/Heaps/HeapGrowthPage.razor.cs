using System.Globalization;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Heaps;
using FleetProf.Portal.Captures;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.Heaps;

/// <summary>What grows in the heaps of a service's replicas over time; service and time are in the address.</summary>
public sealed partial class HeapGrowthPage
{
    private const int MostCaptures = 1_000;
    private const string DefaultRange = "7d";

    private static readonly IReadOnlyDictionary<string, TimeSpan> Ranges = new Dictionary<string, TimeSpan>
    {
        ["12h"] = TimeSpan.FromHours(12), ["24h"] = TimeSpan.FromHours(24), ["7d"] = TimeSpan.FromDays(7), ["30d"] = TimeSpan.FromDays(30),
    };

    private readonly LatestLoad _loads = new();
    private string? _shown;
    private string _range = DefaultRange;
    private IReadOnlyList<string>? _services;
    private HeapGrowthReport? _report;
    private string? _newestOfGo;
    private string? _problem;
    private bool _isLoading;

    [SupplyParameterFromQuery(Name = "service")] public string? Service { get; set; }

    [SupplyParameterFromQuery(Name = "range")] public string? Range { get; set; }

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required NavigationManager Navigation { get; init; }

    [Inject] public required TimeProvider Clock { get; init; }

    private string DifferenceOfGo => Profiles.ProfileDiffPage.UriOf(null, _newestOfGo);

    private string Title => Service is null ? "Heap growth" : $"Heap growth of {Service}";

    /// <summary>The page for a service; null: the page chooses none.</summary>
    internal static string UriOf(string? service, string? range = null) =>
        new PageQuery().Add("service", service).Add("range", range == DefaultRange ? null : range).ToUri("heaps/growth");

    protected override async Task OnParametersSetAsync()
    {
        var asked = $"{Service} {Range}";
        if (_shown != asked)
        {
            // What was found in another service or time must not stand under this one's name, however long this one takes.
            (_shown, _report, _problem, _isLoading) = (asked, null, null, Service is not null);
            await LoadAsync();
        }
    }

    private static string UriOfService(string service) => Fleet.FleetTable.ServiceUri(service);

    private void Open(string? service, string range) => Navigation.NavigateTo(UriOf(service, range));

    private Task LoadAsync()
    {
        _range = Range is not null && Ranges.ContainsKey(Range) ? Range : DefaultRange;
        var (asked, length) = (Service, Ranges[_range]);
        return _loads.RunAsync(
            async () =>
            {
                var ready = await Cluster.GetGrain<ICaptureQueryGrain>(0).ListAsync(new() { Kind = CaptureKind.Gcdump, State = CaptureState.Ready, Limit = MostCaptures });
                var now = Clock.GetUtcNow();
                var report = asked is { } service && Ids.IsName(service)
                    ? await Cluster.GetGrain<IHeapQueryGrain>(0).GrowthAsync(new() { Service = service, From = now - length, To = now })
                    : null;
                return () =>
                {
                    _services = [.. ready.Select(capture => capture.Service).Distinct().Order(StringComparer.Ordinal)];
                    _newestOfGo = ready.FirstOrDefault(capture => capture.Service == asked && capture.IsGo())?.CaptureId;
                    (_report, _problem, _isLoading) = (report, null, false);
                };
            },
            failure => (_problem, _isLoading) = (OutageSentence.Of(failure, ", so the growth cannot be shown"), false));
    }

    // "6 replicas have two snapshots or more. 1 has one only. 2 snapshots took no part: ... Meanwhile the replicas allocated 3 % more per second."
    private static string Summary(HeapGrowthReport report)
    {
        var parts = new List<string> { $"{Replicas(report.Replicas)} two complete snapshots or more." };
        if (report.SingleReplicas > 0)
        {
            parts.Add($"{Replicas(report.SingleReplicas)} one only.");
        }

        parts.AddRange(NotLookedAt(report));
        if (report.AllocationRatio is { } ratio)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"Meanwhile their allocation rate changed by {(ratio - 1) * 100:+0;−0;0} %."));
        }

        return string.Join(' ', parts);
    }

    private static IEnumerable<string> NotLookedAt(HeapGrowthReport report)
    {
        if (report.LeftOutSnapshots > 0)
        {
            yield return $"{report.LeftOutSnapshots} snapshots took no part: incomplete, or without a stored dominator tree.";
        }

        if (report.IsCut)
        {
            yield return "There were more snapshots than are looked at: of each replica the first, the last and some between were, of very many replicas those with most snapshots.";
        }
    }

    private static string Replicas(int count) => count == 1 ? "1 replica has" : $"{count} replicas have";

    private static string Rate(HeapGrowthReplica replica) =>
        replica.IsGrowing ? $"+{CaptureWords.Bytes(replica.BytesPerHour)}" : "–";
}

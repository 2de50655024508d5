using FleetProf.Contracts.Captures;
using FleetProf.Portal.Captures;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.Allocations;

/// <summary>Allocated per second against in use, for a service's latest pair of captures or a chosen one; the address says which.</summary>
public sealed partial class DualPage
{
    private const int MostCaptures = 500;

    private readonly LatestLoad _loads = new();
    private string? _shown;
    private bool _isLoaded;
    private IReadOnlyList<Capture> _ready = [];
    private IReadOnlyList<string> _services = [];
    private string? _service;
    private Capture? _alloc;
    private Capture? _heap;
    private string? _refusal;
    private string? _problem;

    [SupplyParameterFromQuery(Name = "service")] public string? Service { get; set; }

    [SupplyParameterFromQuery(Name = "alloc")] public string? Alloc { get; set; }

    [SupplyParameterFromQuery(Name = "heap")] public string? Heap { get; set; }

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required NavigationManager Navigation { get; init; }

    private string Title => _service is null ? "Allocated and in use" : $"Allocated and in use: {_service}";

    /// <summary>The page for a service's latest pair, or for chosen captures.</summary>
    internal static string UriOf(string? service, string? alloc, string? heap) => new PageQuery().Add("service", service).Add("alloc", alloc).Add("heap", heap).ToUri("allocations/dual");

    protected override async Task OnParametersSetAsync()
    {
        var asked = $"{Service} {Alloc} {Heap}";
        if (_shown != asked)
        {
            _shown = asked;
            await LoadAsync();
        }
    }

    private void Open(string uri) => Navigation.NavigateTo(uri);

    private Task LoadAsync()
    {
        var (allocId, heapId, asked) = (Alloc, Heap, Service);
        return _loads.RunAsync(
            async () =>
            {
                var (alloc, heap) = (await CaptureApi.FindAsync(Cluster, allocId), await CaptureApi.FindAsync(Cluster, heapId));
                var newest = await ReadyAsync(null);
                var service = (alloc ?? heap)?.Service ?? asked ?? Richest(newest);
                var ready = service is null ? newest : await ReadyAsync(service);
                return () =>
                {
                    // Whoever gave them may know older ones than the list.
                    _ready = [.. ready.Concat(new[] { alloc, heap }.OfType<Capture>()).DistinctBy(capture => capture.CaptureId).OrderByDescending(capture => capture.RequestedAt)];
                    // The newest of the whole fleet may be of others alone.
                    _services = [.. newest.Concat(_ready).Select(capture => capture.Service).Distinct().Order(StringComparer.Ordinal)];
                    _service = service;
                    Choose(alloc, heap);
                    (_problem, _isLoaded) = (null, true);
                };
            },
            failure => _problem = OutageSentence.Of(failure, ", so this view cannot be shown"));
    }

    /// <summary>Of what kind, newest first.</summary>
    private IEnumerable<Capture> Of(CaptureKind kind) => _ready.Where(capture => capture.Kind == kind && capture.Service == _service);

    /// <summary>The service with the newest heap snapshot that also has an allocation capture.</summary>
    private static string? Richest(IReadOnlyList<Capture> ready) => ready.FirstOrDefault(capture => capture.Kind == CaptureKind.Gcdump && ready.Any(other => other.Kind == CaptureKind.Alloc && other.Service == capture.Service))?.Service
        ?? (ready.Count > 0 ? ready[0].Service : null);

    private void Choose(Capture? alloc, Capture? heap)
    {
        heap ??= alloc is null ? Of(CaptureKind.Gcdump).FirstOrDefault() : DualPair.PartnerOf(alloc, Of(CaptureKind.Gcdump));
        alloc ??= heap is null ? Of(CaptureKind.Alloc).FirstOrDefault() : DualPair.PartnerOf(heap, Of(CaptureKind.Alloc));
        _refusal = alloc is null || heap is null ? null : DualPair.WhyNot(alloc, heap);
        (_alloc, _heap) = (alloc, heap);
    }

    private string NextCapture(string service) => $"campaigns/new?services={Uri.EscapeDataString(service)}&kind={(_alloc is null ? "alloc" : "gcdump")}";

    /// <summary>Those whose files are still there: allocation captures, then heap snapshots, each newest first.</summary>
    /// <param name="service">Null: of all services. The limit then counts what others captured, so that this says little about one of them.</param>
    private async Task<IReadOnlyList<Capture>> ReadyAsync(string? service)
    {
        var captures = Cluster.GetGrain<ICaptureQueryGrain>(0);
        var allocs = await captures.ListAsync(new() { Service = service, Kind = CaptureKind.Alloc, State = CaptureState.Ready, Limit = MostCaptures });
        var heaps = await captures.ListAsync(new() { Service = service, Kind = CaptureKind.Gcdump, State = CaptureState.Ready, Limit = MostCaptures });
        return [.. allocs.Concat(heaps).Where(capture => capture.RemovedAt is null)];
    }

    private static string NameOf(Capture capture) => $"{CaptureWords.Time(capture.RequestedAt)}, {capture.Version} on {capture.Host}";

    private static string Relation(Capture alloc, Capture heap)
    {
        var minutes = (heap.RequestedAt - alloc.RequestedAt).Duration().TotalMinutes;
        var apart = minutes < 1 ? "taken together" : minutes < 120 ? $"taken {minutes:0} minutes apart" : $"taken {minutes / 60:0} hours apart";
        var same = alloc.InstanceId == heap.InstanceId ? "of the same process"
            : alloc.Version == heap.Version ? "of two processes of one version: right as far as they do the same work"
            : $"of two versions, {alloc.Version} and {heap.Version}: read differences with care";
        return $"Both captures are {same}, {apart}.";
    }
}

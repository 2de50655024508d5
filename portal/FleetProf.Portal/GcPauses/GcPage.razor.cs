using System.Globalization;
using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.GcPauses;

/// <summary>One of the longest GCs with its phases, its roots and the heap before and after.</summary>
public sealed partial class GcPage : IDisposable
{
    private const int Most = 1_000;

    private readonly CancellationTokenSource _left = new();
    private readonly LatestLoad _loads = new();
    private GcAddress? _address;
    private LongGc? _gc;
    private bool _isRead;
    private string? _problem;

    [Parameter] public string Service { get; set; } = "";

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required NavigationManager Navigation { get; init; }

    protected override async Task OnParametersSetAsync()
    {
        _address = GcAddress.FromUri(Navigation.Uri);
        await LoadAsync();
    }

    private Task LoadAsync() => _loads.RunAsync(
        async () =>
        {
            var gc = _address is null ? null : await FindAsync(_address);
            return () => (_gc, _isRead, _problem) = (gc, true, null);
        },
        failure => _problem = OutageSentence.Of(failure));

    /// <summary>
    /// An instance keeps its five longest of a time, a service its twenty: either may have it. Of a background GC both stops may be kept,
    /// and the record, which is of both, with one of them only.
    /// </summary>
    private async Task<LongGc?> FindAsync(GcAddress address)
    {
        var query = new LongGcQuery { Service = Service, From = address.EndedAt, To = address.EndedAt.AddSeconds(1), Limit = Most };
        var grain = Cluster.GetGrain<IGcPauseQueryGrain>(0);
        foreach (var part in (LongGcQuery[])[query with { InstanceId = address.Instance }, query])
        {
            var found = (await grain.ListLongestAsync(part, _left.Token)).Where(gc => gc.Instance == address.Instance && gc.Number == address.Number)
                .MaxBy(gc => (gc.Detail is not null, gc.PauseMs));
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    private static string ShareOf(double ms, LongGcDetail detail) => (ms / Math.Max(detail.PauseMs, 1e-9) * 100).ToString("0.###", CultureInfo.InvariantCulture);

    private static string ColorOf(GcPhase phase) => phase.Series == 0 ? "var(--fp-muted)" : $"var(--fp-series-{phase.Series})";

    private static string FootOf(LongGc gc, LongGcDetail detail)
    {
        var kind = gc.Kind == "background"
            ? $"The first stop took {Figures.Of(detail.PauseMs - detail.FinalPauseMs, "ms")}, the second {Figures.Of(detail.FinalPauseMs, "ms")}; in between the program ran."
            : detail.FinalizationMs > 0 ? $"{Figures.Of(detail.FinalizationMs, "ms")} of marking looked for due finalizers." : "";
        return detail.TriggerMs > 0 ? $"{kind} It began {Figures.Of(detail.TriggerMs, "ms")} after it was asked for.".TrimStart() : kind;
    }

    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }
}

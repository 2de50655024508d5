using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.Captures;

/// <summary>All captures, newest first; the filters are in the address.</summary>
public sealed partial class CapturesPage : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    /// <summary>While nothing runs, every fifth look is enough: others may start something.</summary>
    private const int CalmTicks = 5;

    private readonly CancellationTokenSource _gone = new();
    private readonly LatestLoad _loads = new();
    private IReadOnlyList<Capture>? _captures;
    private IReadOnlyList<string> _services = [];
    private DateTimeOffset? _asOf;
    private string? _problem;
    private string? _shown;
    private int _limit = 100;

    [SupplyParameterFromQuery(Name = "service")] public string? Service { get; set; }

    [SupplyParameterFromQuery(Name = "kind")] public string? Kind { get; set; }

    [SupplyParameterFromQuery(Name = "state")] public string? State { get; set; }

    [SupplyParameterFromQuery(Name = "campaign")] public string? Campaign { get; set; }

    [SupplyParameterFromQuery(Name = "instance")] public string? Instance { get; set; }

    [SupplyParameterFromQuery(Name = "sort")] public string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "order")] public string? Order { get; set; }

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required NavigationManager Navigation { get; init; }

    [Inject] public required TimeProvider Clock { get; init; }

    private TableOrder Sorting => TableOrder.Of(Sort, Order);

    private bool HasFilter => (Service ?? Kind ?? State ?? Campaign ?? Instance) is not null;

    protected override async Task OnParametersSetAsync()
    {
        if (_shown != Navigation.Uri)
        {
            _shown = Navigation.Uri;
            await LoadAsync();
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            Start(KeepFreshAsync);
        }
    }

    private Task LoadAsync()
    {
        var filter = ToFilter();
        return _loads.RunAsync(
            async () =>
            {
                IReadOnlyList<string> services = _services.Count > 0 ? _services : [.. (await Cluster.GetGrain<IFleetQueryGrain>(0).ListServicesAsync(_gone.Token)).Select(row => row.Service)];
                var captures = await Cluster.GetGrain<ICaptureQueryGrain>(0).ListAsync(filter, _gone.Token);
                return () => (_services, _captures, _asOf, _problem) = (services, captures, Clock.GetUtcNow(), null);
            },
            failure => _problem = OutageSentence.Of(failure, OutageSentence.MayBeOld));
    }

    private CaptureFilter ToFilter() => new()
    {
        Service = Service,
        Kind = Enum.TryParse<CaptureKind>(Kind, ignoreCase: true, out var kind) ? kind : null,
        State = Enum.TryParse<CaptureState>(State, ignoreCase: true, out var state) ? state : null,
        CampaignId = Campaign,
        InstanceId = Instance,
        Limit = _limit,
    };

    /// <summary>Asks again while a capture of the list can still change.</summary>
    private async Task KeepFreshAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, Clock);
            for (var tick = 1; await timer.WaitForNextTickAsync(_gone.Token); tick++)
            {
                if (tick % CalmTicks == 0 || _problem is not null || _captures?.Any(capture => capture.State < CaptureState.Ready) == true)
                {
                    await InvokeAsync(LoadAsync);
                    await InvokeAsync(StateHasChanged);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The page is closed.
        }
    }

    private void Filter(string name, string? value) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, string.IsNullOrEmpty(value) ? null : value));

    private Task ShowMoreAsync()
    {
        _limit = 1000;
        return LoadAsync();
    }

    private static long? SamplesOf(Capture capture) => capture.Summary is not { } summary ? null : capture.Kind switch
    {
        CaptureKind.Trace => summary.CpuSampleCount,
        CaptureKind.Alloc => summary.AllocSampleCount,
        CaptureKind.Gcdump => summary.ObjectCount,
        CaptureKind.Goroutines => summary.EventCount,
        _ => summary.GcCount,
    };

    private static Func<Capture, IComparable?>? ValueOf(string column) => column switch
    {
        "requested" => capture => capture.RequestedAt,
        "byService" => capture => capture.Service,
        "version" => capture => capture.Version,
        "byKind" => capture => CaptureWords.Of(capture.Kind),
        "byState" => capture => capture.State,
        "samples" => capture => SamplesOf(capture),
        "lost" => capture => capture.Summary?.LostEvents,
        "size" => capture => capture.SizeBytes > 0 ? capture.SizeBytes : null,
        "host" => capture => capture.Host,
        _ => null,
    };

    private static string Remarks(Capture capture) => capture.Failure != CaptureFailure.None
        ? CaptureFailureAdvice.Explain(capture.Failure)
        : string.Join(", ", new[] { capture.IsPartial ? "partial" : null, capture.IsBiased ? "biased" : null, capture.Summary is { IsComplete: false } ? "incomplete" : null, capture.Summary is { Fidelity: not null } summary ? $"fidelity {CaptureWords.Fidelity(summary)}" : null }.OfType<string>());

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}

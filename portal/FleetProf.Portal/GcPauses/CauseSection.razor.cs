using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.GcPauses;

/// <summary>Reads the causes when the page shows another range or instance, and every half minute while the range ends now.</summary>
public sealed partial class CauseSection : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _left = new();
    private readonly LatestLoad _loads = new();
    private PauseCauses? _causes;
    private ChartOptions? _loaded;
    private string? _problem;

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required TimeProvider Clock { get; init; }

    [Parameter, EditorRequired] public string Service { get; set; } = "";

    [Parameter, EditorRequired] public ServicePageState State { get; set; } = new();

    /// <summary>What of the page's state matters here.</summary>
    private ChartOptions Wanted => ChartOptions.Of(Service, State with { IsPerInstance = false, IsByGeneration = false, IsFine = false });

    protected override void OnInitialized() => Start(FollowAsync);

    protected override async Task OnParametersSetAsync()
    {
        if (Wanted != _loaded)
        {
            // They are of another range or instance than the page now says.
            (_causes, _problem) = (null, null);
            await LoadAsync();
        }
    }

    private async Task FollowAsync()
    {
        using var timer = new PeriodicTimer(Interval, Clock);
        while (await timer.WaitForNextTickAsync(_left.Token))
        {
            if (!State.IsAbsolute)
            {
                await InvokeAsync(LoadAsync);
                await InvokeAsync(StateHasChanged);
            }
        }
    }

    private Task LoadAsync()
    {
        _loaded = Wanted;
        var to = State.To ?? Clock.GetUtcNow();
        var query = new TrendQuery { Service = Service, InstanceId = State.Instance, From = State.From ?? to - ServicePageState.Ranges[State.Range], To = to };
        return _loads.RunAsync(
            async () =>
            {
                var causes = await Cluster.GetGrain<IGcPauseQueryGrain>(0).GetCausesAsync(query, _left.Token);
                return () => (_causes, _problem) = (causes, null);
            },
            failure => _problem = OutageSentence.Of(failure));
    }

    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }
}

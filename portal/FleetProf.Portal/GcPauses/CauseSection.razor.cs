using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.GcPauses;

/// <summary>Reads the causes when the page shows another range or instance, and every half minute while the range ends now.</summary>
public sealed partial class CauseSection : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _left = new();
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

    private async Task LoadAsync()
    {
        var wanted = _loaded = Wanted;
        var to = State.To ?? Clock.GetUtcNow();
        var query = new TrendQuery { Service = Service, InstanceId = State.Instance, From = State.From ?? to - ServicePageState.Ranges[State.Range], To = to };
        try
        {
            var causes = await Cluster.GetGrain<IGcPauseQueryGrain>(0).GetCausesAsync(query, _left.Token);
            if (wanted == _loaded)
            {
                (_causes, _problem) = (causes, null);
            }
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _problem = OutageSentence.Of(failure);
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }
}

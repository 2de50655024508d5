using FleetProf.Contracts.Comparisons;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.Comparisons;

/// <summary>The newest comparisons, of all services or of one.</summary>
public sealed partial class ComparisonsPage : IDisposable
{
    private const int Most = 200;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _left = new();
    private readonly LatestLoad _loads = new();
    private DateTimeOffset? _asOf;
    private string? _loaded;
    private IReadOnlyList<Comparison>? _comparisons;
    private string? _problem;

    [SupplyParameterFromQuery] public string? Service { get; set; }

    [SupplyParameterFromQuery(Name = "verdict")] public string? Verdict { get; set; }

    [SupplyParameterFromQuery(Name = "sort")] public string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "order")] public string? Order { get; set; }

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required NavigationManager Navigation { get; init; }

    [Inject] public required TimeProvider Clock { get; init; }

    private ComparisonVerdict? Chosen => Enum.TryParse<ComparisonVerdict>(Verdict, ignoreCase: true, out var verdict) && Enum.IsDefined(verdict) ? verdict : null;

    private IReadOnlyList<Comparison> Shown => [.. _comparisons!.Where(comparison => Chosen is not { } verdict || comparison.Verdict == verdict)];

    protected override async Task OnParametersSetAsync()
    {
        if (_asOf is null || _loaded != Service)
        {
            _loaded = Service;
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

    private async Task KeepFreshAsync()
    {
        using var timer = new PeriodicTimer(Interval, Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_left.Token))
            {
                await InvokeAsync(LoadAsync);
                await InvokeAsync(StateHasChanged);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    private void Choose(ComparisonVerdict verdict) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("verdict", verdict == Chosen ? null : PageQuery.NameOf(verdict)));

    private Task LoadAsync() => _loads.RunAsync(
        async () =>
        {
            var comparisons = await Cluster.GetGrain<IComparisonQueryGrain>(0).ListAsync(string.IsNullOrEmpty(Service) ? null : Service, Most, _left.Token);
            return () => (_comparisons, _asOf, _problem) = (comparisons, Clock.GetUtcNow(), null);
        },
        failure => _problem = OutageSentence.Of(failure));

    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }
}

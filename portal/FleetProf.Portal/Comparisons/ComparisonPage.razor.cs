using FleetProf.Contracts.Comparisons;
using FleetProf.Portal.GcPauses;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.Comparisons;

/// <summary>One comparison; looks again every two seconds until it is decided.</summary>
public sealed partial class ComparisonPage : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _left = new();
    private readonly LatestLoad _loads = new();
    private Comparison? _comparison;
    private string? _problem;
    private string? _loaded;
    private bool _isUnknown;

    [Parameter] public string ComparisonId { get; set; } = "";

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required TimeProvider Clock { get; init; }

    protected override async Task OnParametersSetAsync()
    {
        if (_loaded != ComparisonId)
        {
            var isFirst = _loaded is null;
            (_loaded, _comparison) = (ComparisonId, null);
            await LoadAsync();
            if (isFirst)
            {
                Start(FollowAsync);
            }
        }
    }

    private async Task FollowAsync()
    {
        using var timer = new PeriodicTimer(Interval, Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_left.Token))
            {
                if (_comparison is null or { Verdict: ComparisonVerdict.Pending })
                {
                    await InvokeAsync(LoadAsync);
                    await InvokeAsync(StateHasChanged);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    private Task LoadAsync() => _loads.RunAsync(
        async () =>
        {
            var comparison = await Cluster.GetGrain<IComparisonQueryGrain>(0).GetAsync(ComparisonId, _left.Token);
            return () => (_comparison, _isUnknown, _problem) = (comparison, comparison is null, null);
        },
        failure => _problem = OutageSentence.Of(failure));

    private static string AgainUri(Comparison comparison) => ComparePageState.Of(comparison).ToUri();

    private static string CommandOf(Comparison comparison) => ComparePageState.Of(comparison).ToCommand();

    /// <summary>Both sides in one range, with a margin.</summary>
    private static string TrendUri(Comparison comparison)
    {
        var from = comparison.Baseline.From < comparison.Candidate.From ? comparison.Baseline.From : comparison.Candidate.From;
        var to = comparison.Baseline.To > comparison.Candidate.To ? comparison.Baseline.To : comparison.Candidate.To;
        var margin = (to - from) / 20;
        return new ServicePageState().Between(from - margin, to + margin).ToUri(comparison.Service);
    }

    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }
}

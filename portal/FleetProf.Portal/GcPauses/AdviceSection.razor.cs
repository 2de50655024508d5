using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.Access;
using FleetProf.Portal.Campaigns;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace FleetProf.Portal.GcPauses;

/// <summary>Advice on the last hour of a service. It is read once and on demand: what takes ten minutes to see does not change every second.</summary>
public sealed partial class AdviceSection : IDisposable
{
    private const int MostUnjudged = 20;
    private const int MostExperiments = 5;

    private readonly CancellationTokenSource _left = new();
    private readonly LatestLoad _loads = new();
    private ServiceAdvice? _advice;
    private IReadOnlyList<Experiment> _experiments = [];
    private string? _loaded;
    private string? _problem;

    [Parameter, EditorRequired] public string Service { get; set; } = "";

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required TimeProvider Clock { get; init; }

    [Inject] public required RunIds Ids { get; init; }

    [CascadingParameter] public Task<AuthenticationState>? Login { get; set; }

    protected override void OnParametersSet()
    {
        if (_loaded == Service)
        {
            return;
        }

        // Beside the rest of the page, which need not wait for it.
        (_loaded, _advice, _experiments, _problem) = (Service, null, [], null);
        Start(() => InvokeAsync(async () =>
        {
            await LoadAsync();
            StateHasChanged();
        }));
    }

    private Task LoadAsync()
    {
        var service = Service;
        var now = Clock.GetUtcNow();
        return _loads.RunAsync(
            async () =>
            {
                var advice = await Cluster.GetGrain<IGcPauseQueryGrain>(0).GetAdviceAsync(new() { Service = service, From = now - AdviceParameters.DefaultRange, To = now }, _left.Token);
                var experiments = await JudgeAsync(service);
                return () => (_advice, _experiments, _problem) = (advice, experiments, null);
            },
            failure => _problem = OutageSentence.Of(failure));
    }

    /// <summary>The newest ones; what is undecided is looked at anew.</summary>
    private async Task<IReadOnlyList<Experiment>> JudgeAsync(string service)
    {
        var grain = Cluster.GetGrain<IServiceExperimentsGrain>(service);
        var newest = (await grain.ListAsync()).Take(MostExperiments).ToList();
        return await Task.WhenAll(newest.Select(async experiment => experiment.DecidedAt is null ? await grain.JudgeAsync(experiment.ExperimentId) ?? experiment : experiment));
    }

    private Experiment? StoredFor(GcAdvice advice) =>
        _experiments.FirstOrDefault(experiment => experiment.Rule == advice.Rule && experiment.Setting == advice.Setting && experiment.Value == advice.Value && experiment.DecidedAt is null);

    private async Task StoreAsync(GcAdvice advice)
    {
        try
        {
            var caller = PrincipalClaims.NameOf((await Login!).User);
            var start = await Cluster.GetGrain<IServiceExperimentsGrain>(Service).StartAsync(
                new() { ExperimentId = Ids.Next(), Rule = advice.Rule, Value = advice.Value, From = _advice!.From, To = _advice.To, RequestedBy = caller });
            _problem = start.Refusal.Length > 0 ? start.Refusal : null;
            _experiments = await JudgeAsync(Service);
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _problem = OutageSentence.Of(failure);
        }
    }

    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }
}

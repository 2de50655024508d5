using FleetProf.Contracts.Comparisons;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.Comparisons;

/// <summary>The newest comparisons, of all services or of one.</summary>
public sealed partial class ComparisonsPage
{
    private const int Most = 200;

    private IReadOnlyList<Comparison>? _comparisons;
    private string? _problem;

    [SupplyParameterFromQuery] public string? Service { get; set; }

    [Inject] public required IClusterClient Cluster { get; init; }

    protected override Task OnParametersSetAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        try
        {
            _comparisons = await Cluster.GetGrain<IComparisonQueryGrain>(0).ListAsync(string.IsNullOrEmpty(Service) ? null : Service, Most);
            _problem = null;
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _problem = "The silo cannot be reached. If it was stopped, start it again: fleetprof up.";
        }
    }
}

using System.Text.Json;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Profiles;
using FleetProf.Portal.Campaigns;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.Profiles;

/// <summary>The captures of a campaign merged into estimates for the fleet.</summary>
public sealed partial class FleetEstimatePage
{
    private readonly LatestLoad _loads = new();
    private string? _asked;
    private Campaign? _campaign;
    private IReadOnlyList<FleetEstimateTable> _tables = [];
    private FleetEstimateTable? _shown;
    private FleetEstimates? _estimates;
    private string? _problem;
    private bool _isLoaded;

    [Parameter] public string CampaignId { get; set; } = "";

    [SupplyParameterFromQuery(Name = "table")] public string? Table { get; set; }

    [Inject] public required IClusterClient Cluster { get; init; }

    private string Title => _campaign is { } campaign ? $"Fleet estimate: {CampaignWords.NameOf(campaign.Spec.Name, campaign.Spec.Selector.Services)}" : "Fleet estimate";

    protected override async Task OnParametersSetAsync()
    {
        var asked = $"{CampaignId} {Table}";
        if (_asked != asked)
        {
            _asked = asked;
            await LoadAsync();
        }
    }

    private static string NameOf(FleetEstimateTable table) => JsonNamingPolicy.CamelCase.ConvertName(table.Table.ToString());

    private Task LoadAsync()
    {
        var (campaignId, chosen) = (CampaignId, Table);
        return _loads.RunAsync(
            async () =>
            {
                var campaign = Ids.IsKey(campaignId) ? await Cluster.GetGrain<ICampaignGrain>(campaignId).GetAsync() : null;
                var tables = FleetEstimateTable.Of(campaign?.Spec.Kinds ?? []);
                var shown = tables.FirstOrDefault(table => NameOf(table) == chosen) ?? (tables.Count > 0 ? tables[0] : null);
                var estimates = shown is null ? null : await Cluster.GetGrain<IFleetProfileGrain>(0).EstimateAsync(campaignId, shown.Table);
                return () => (_campaign, _tables, _shown, _estimates, _problem, _isLoaded) = (campaign, tables, shown, estimates, null, true);
            },
            failure => _problem = OutageSentence.Of(failure, ", so the estimate cannot be shown"));
    }
}

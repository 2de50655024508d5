using System.Globalization;
using System.Text.Json;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Profiles;
using FleetProf.Portal.Campaigns;
using FleetProf.Portal.Captures;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.Profiles;

/// <summary>The captures of a campaign merged into estimates for the fleet.</summary>
public sealed partial class FleetEstimatePage
{
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
        var isSame = _campaign?.CampaignId == CampaignId && _shown == Chosen();
        if (!isSame || !_isLoaded)
        {
            await LoadAsync();
        }
    }

    private static string NameOf(FleetEstimateTable table) => JsonNamingPolicy.CamelCase.ConvertName(table.Table.ToString());

    private FleetEstimateTable? Chosen() => _tables.FirstOrDefault(table => NameOf(table) == Table) ?? (_tables.Count > 0 ? _tables[0] : null);

    private async Task LoadAsync()
    {
        try
        {
            _campaign = Ids.IsKey(CampaignId) ? await Cluster.GetGrain<ICampaignGrain>(CampaignId).GetAsync() : null;
            _tables = FleetEstimateTable.Of(_campaign?.Spec.Kinds ?? []);
            _shown = Chosen();
            _estimates = _shown is null ? null : await Cluster.GetGrain<IFleetProfileGrain>(0).EstimateAsync(CampaignId, _shown.Table);
            (_problem, _isLoaded) = (null, true);
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _problem = "The silo cannot be reached, so the estimate cannot be shown. Check that it runs.";
        }
    }

    // "9 of 10 captures stand for 120 instances. Together they allocate 1.2 GB/s, ±8 %; 3 more captures would make that ±10 %."
    private static string Sentence(FleetEstimates estimates)
    {
        var total = estimates.Table switch
        {
            FleetTable.CpuMethods => $"take {estimates.Total.ToString("N0", CultureInfo.InvariantCulture)} CPU samples/s",
            FleetTable.HeapTypes => $"hold {CaptureWords.Bytes(estimates.Total)}",
            _ => $"allocate {CaptureWords.Bytes(estimates.Total)}/s",
        };
        var error = estimates.TotalRelativeError is { } relative ? $", ±{CaptureWords.Percent(relative)}" : "";
        var more = estimates switch
        {
            { IsBiased: true } => "; a biased source has no interval",
            { TotalRelativeError: null } => "; with one capture for several instances their spread is unknown",
            { TotalMoreCaptures: > 0 and var count } => $"; {count} more captures would make that ±10 %",
            { Table: not FleetTable.HeapTypes, TotalMoreCaptures: null } => "; longer recordings, not more of them, would narrow that",
            _ => "",
        };
        return $"{estimates.MergedCaptures} of {estimates.DrawnCaptures} captures stand for {estimates.PopulationSize} instances. Together these {total}{error}{more}.";
    }
}

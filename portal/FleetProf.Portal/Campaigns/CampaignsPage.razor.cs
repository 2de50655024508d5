using FleetProf.Contracts.Campaigns;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.Campaigns;

/// <summary>All campaigns, newest first.</summary>
public sealed partial class CampaignsPage : IDisposable
{
    private const int Limit = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<CampaignRow>? _campaigns;
    private DateTimeOffset? _asOf;
    private string? _problem;

    [SupplyParameterFromQuery(Name = "q")] public string? Text { get; set; }

    [SupplyParameterFromQuery(Name = "state")] public string? State { get; set; }

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required NavigationManager Navigation { get; init; }

    [Inject] public required TimeProvider Clock { get; init; }

    private IEnumerable<CampaignRow> Shown => _campaigns!.Where(row =>
        (!Enum.TryParse<CampaignState>(State, ignoreCase: true, out var state) || row.State == state)
        && (string.IsNullOrEmpty(Text) || row.Services.Append(row.Name).Any(text => text.Contains(Text, StringComparison.OrdinalIgnoreCase))));

    protected override Task OnInitializedAsync() => LoadAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _ = KeepFreshAsync();
        }
    }

    private async Task LoadAsync()
    {
        try
        {
            _campaigns = await Cluster.GetGrain<ICampaignQueryGrain>(0).ListAsync(Limit, _gone.Token);
            (_asOf, _problem) = (Clock.GetUtcNow(), null);
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _problem = "The silo cannot be reached; what is shown may be old. Check that it runs.";
        }
        catch (OperationCanceledException)
        {
            // The page is closed.
        }
    }

    /// <summary>Asks again while a campaign of the list runs.</summary>
    private async Task KeepFreshAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, Clock);
            while (await timer.WaitForNextTickAsync(_gone.Token))
            {
                if (_problem is not null || _campaigns?.Any(row => row.State == CampaignState.Running) == true)
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
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, string.IsNullOrEmpty(value) ? null : value), replace: true);

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}

using FleetProf.Contracts.Campaigns;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.Campaigns;

/// <summary>All campaigns, newest first.</summary>
public sealed partial class CampaignsPage : IDisposable
{
    private const int Limit = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan TypingRest = TimeSpan.FromMilliseconds(300);

    /// <summary>While nothing runs, every fifth look is enough: others may start something.</summary>
    private const int CalmTicks = 5;

    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<CampaignRow>? _campaigns;
    private DateTimeOffset? _asOf;
    private string? _problem;
    private string _text = "";
    private int _typing;

    [SupplyParameterFromQuery(Name = "q")] public string? Text { get; set; }

    [SupplyParameterFromQuery(Name = "state")] public string? State { get; set; }

    [SupplyParameterFromQuery(Name = "sort")] public string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "order")] public string? Order { get; set; }

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required NavigationManager Navigation { get; init; }

    [Inject] public required TimeProvider Clock { get; init; }

    private TableOrder Sorting => TableOrder.Of(Sort, Order);

    private IEnumerable<CampaignRow> Shown => Sorting.Apply(_campaigns!.Where(row =>
        (!Enum.TryParse<CampaignState>(State, ignoreCase: true, out var state) || row.State == state)
        && row.Services.Append(row.Name).Any(text => text.Contains(_text.Trim(), StringComparison.OrdinalIgnoreCase))), ValueOf);

    private static Func<CampaignRow, IComparable?>? ValueOf(string column) => column switch
    {
        "name" => row => CampaignWords.NameOf(row.Name, row.Services),
        "services" => row => string.Join(", ", row.Services),
        "state" => row => CampaignWords.Of(row.State),
        "ready" => row => row.ReadyCount,
        "failed" => row => row.FailedCount,
        "created" => row => row.CreatedAt,
        "schedule" => row => row.Cron,
        "by" => row => row.RequestedBy,
        _ => null,
    };

    protected override Task OnInitializedAsync() => LoadAsync();

    protected override void OnParametersSet()
    {
        if (_typing == 0 && _text.Trim() != (Text ?? ""))
        {
            _text = Text ?? "";
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            Start(KeepFreshAsync);
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
            _problem = OutageSentence.Of(failure, OutageSentence.MayBeOld);
        }
        catch (OperationCanceledException)
        {
            // The page is closed.
        }
    }

    /// <summary>Filters at once, but writes the address only when the typing rests: each address comes back later than the next letter.</summary>
    private async Task OnTextAsync()
    {
        var turn = ++_typing;
        await Task.Delay(TypingRest, Clock);
        if (turn == _typing && !_gone.IsCancellationRequested)
        {
            _typing = 0;
            Filter("q", _text.Trim());
        }
    }

    /// <summary>Asks again, often while a campaign of the list runs.</summary>
    private async Task KeepFreshAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, Clock);
            for (var tick = 1; await timer.WaitForNextTickAsync(_gone.Token); tick++)
            {
                if (tick % CalmTicks == 0 || _problem is not null || _campaigns?.Any(row => row.State == CampaignState.Running) == true)
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

using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Access;
using FleetProf.Portal.Fleet;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;

namespace FleetProf.Portal.GcPauses;

/// <summary>One service: how it is now, its trends, its captures and comparisons, its instances.</summary>
public sealed partial class ServicePage : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _left = new();
    private readonly LatestLoad _loads = new();
    private ServicePageState _state = new();
    private FleetSnapshot _snapshot = FleetSnapshot.Empty;
    private IReadOnlyList<FleetRow> _rows = [];
    private ServiceTotal? _total;
    private ServiceRow? _row;
    private IReadOnlyList<Capture> _captures = [];
    private IReadOnlyList<Comparison> _comparisons = [];
    private string? _loaded;
    private string? _problem;
    private bool _isUnknown;

    [Parameter] public string Service { get; set; } = "";

    [CascadingParameter] public Task<AuthenticationState>? Login { get; set; }

    [Inject] public required FleetFeed Feed { get; init; }

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required NavigationManager Navigation { get; init; }

    [Inject] public required TimeProvider Clock { get; init; }

    private FleetPageState InstanceTable => _state.ToFleet(Service);

    private string CaptureUri => _state.Selected.Count > 0 ? InstanceTable.ToCaptureUri() : new PageQuery().Add("services", Service).ToUri("/campaigns/new");

    private string CompareUri => new PageQuery().Add("service", Service).Add("baseline", _row?.LastDeploy?.PreviousVersion).Add("candidate", _row?.LastDeploy?.Version).ToUri("/compare");

    protected override void OnInitialized()
    {
        Navigation.LocationChanged += OnLocationChanged;
        Start(FollowAsync);
        Start(KeepFreshAsync);
    }

    protected override async Task OnParametersSetAsync()
    {
        _state = ServicePageState.FromUri(Navigation.Uri);
        if (_loaded != Service)
        {
            _loaded = Service;
            Show(_snapshot);
            await LoadAsync();
        }
    }

    private Task LoadAsync() => _loads.RunAsync(
        async () =>
        {
            var fleet = Cluster.GetGrain<IFleetQueryGrain>(0).GetServiceAsync(Service, _left.Token);
            var newest = Cluster.GetGrain<ICaptureQueryGrain>(0).ListAsync(new() { Service = Service, Limit = 8 }, _left.Token);
            var compared = Cluster.GetGrain<IComparisonQueryGrain>(0).ListAsync(Service, 5, _left.Token);
            var (row, captures, comparisons) = (await fleet, await newest, await compared);
            return () => (_row, _captures, _comparisons, _isUnknown, _problem) = (row, captures, comparisons, row is null, null);
        },
        failure => _problem = OutageSentence.Of(failure));

    /// <summary>Deploys, captures and verdicts come while somebody waits for them here.</summary>
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

    private async Task FollowAsync()
    {
        try
        {
            var grants = await PrincipalClaims.GrantsAsync(Login);
            await foreach (var snapshot in Feed.SubscribeAsync(_left.Token))
            {
                await InvokeAsync(() =>
                {
                    Show(snapshot.For(grants));
                    StateHasChanged();
                });
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    private void Show(FleetSnapshot snapshot)
    {
        _snapshot = snapshot;
        _rows = FleetView.Of(snapshot, InstanceTable).Rows;
        _total = _rows.Count == 0 ? null : ServiceTotal.Of(Service, [.. _rows.Select(row => row.Instance!)]);
    }

    private void Go(ServicePageState state) => Navigation.NavigateTo(state.ToUri(Service));

    /// <summary>A tick of a box is no step that the back button takes back.</summary>
    private void Select((string InstanceId, bool IsSelected) change) =>
        Navigation.NavigateTo(_state.With(InstanceTable.WithSelected(change.InstanceId, change.IsSelected)).ToUri(Service), replace: true);

    private void Reset()
    {
        if (_state.IsAbsolute)
        {
            Go(_state with { From = null, To = null });
        }
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change) => _ = InvokeAsync(() =>
    {
        if (new Uri(change.Location).AbsolutePath == new Uri(Navigation.ToAbsoluteUri(_state.ToUri(Service)).AbsoluteUri).AbsolutePath)
        {
            _state = ServicePageState.FromUri(change.Location);
            Show(_snapshot);
            StateHasChanged();
        }
    });

    public void Dispose()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        _left.Cancel();
        _left.Dispose();
    }
}

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
using Microsoft.JSInterop;

namespace FleetProf.Portal.GcPauses;

/// <summary>One service: how it is now, its trends, its captures and comparisons, its instances.</summary>
public sealed partial class ServicePage : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _left = new();
    private readonly LatestLoad _loads = new();
    private readonly HeldRows _held = new();
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
    private bool _isHeld;
    private ElementReference _scroller;

    /// <summary>Of the element whose readers are listened for.</summary>
    private string? _watchedId;
    private PageScript? _script;
    private DotNetObjectReference<ServicePage>? _self;

    [Parameter] public string Service { get; set; } = "";

    [CascadingParameter] public Task<AuthenticationState>? Login { get; set; }

    [Inject] public required FleetFeed Feed { get; init; }

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required NavigationManager Navigation { get; init; }

    [Inject] public required TimeProvider Clock { get; init; }

    [Inject] public required IJSRuntime Scripts { get; init; }

    private FleetPageState InstanceTable => _state.ToFleet(Service);

    private string CaptureUri => _state.Selected.Count > 0 ? InstanceTable.ToCaptureUri() : new PageQuery().Add("services", Service).ToUri("/campaigns/new");

    private string CompareUri => new PageQuery().Add("service", Service).Add("baseline", _row?.LastDeploy?.PreviousVersion).Add("candidate", _row?.LastDeploy?.Version).ToUri("/compare");

    /// <summary>Called by hold.js when somebody begins or ends to read the rows.</summary>
    [JSInvokable]
    public void OnHold(bool isHeld)
    {
        _isHeld = isHeld;
        Show(_snapshot);
        StateHasChanged();
    }

    protected override void OnInitialized()
    {
        Navigation.LocationChanged += OnLocationChanged;
        Start(FollowAsync);
        Start(KeepFreshAsync);
    }

    protected override async Task OnParametersSetAsync()
    {
        var isOther = _loaded != Service;
        Take(ServicePageState.FromUri(Navigation.Uri), isOther);
        if (isOther)
        {
            _loaded = Service;
            await LoadAsync();
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // While the service is unknown there are no rows; those that come after it are in an element of their own.
        if (_scroller.Id != _watchedId)
        {
            (_watchedId, _isHeld) = (_scroller.Id, false);
            _self ??= DotNetObjectReference.Create(this);
            _script ??= new PageScript(Scripts, Assets["fleet/hold.js"]);
            // Without it rows are never held; nothing else is lost.
            await _script.TryCallAsync("watch", _scroller, _self);
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

    private void Show(FleetSnapshot snapshot, bool isAskedFor = false)
    {
        _snapshot = snapshot;
        var view = FleetView.Of(snapshot, InstanceTable);
        _rows = view.Rows;
        _total = _rows.Count == 0 ? null : ServiceTotal.Of(Service, [.. _rows.Select(row => row.Instance!)]);
        if (_isHeld && !isAskedFor)
        {
            _held.Refresh(view, snapshot);
        }
        else
        {
            _held.Show(view);
        }
    }

    /// <summary>Another service or order is shown at once, held or not; a tick of a box moves nothing.</summary>
    private void Take(ServicePageState state, bool isOtherService = false)
    {
        var isAskedFor = isOtherService || (state.Sort, state.IsDescending) != (_state.Sort, _state.IsDescending);
        _state = state;
        Show(_snapshot, isAskedFor);
    }

    private async Task ReleaseAsync()
    {
        _isHeld = false;
        Show(_snapshot);
        await _script!.TryCallAsync("toTop", _scroller);
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
            Take(ServicePageState.FromUri(change.Location));
            StateHasChanged();
        }
    });

    public async ValueTask DisposeAsync()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        await _left.CancelAsync();
        _left.Dispose();
        if (_script is not null)
        {
            await _script.DisposeAsync();
        }

        _self?.Dispose();
    }
}

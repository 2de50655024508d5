using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Access;
using FleetProf.Portal.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;

namespace FleetProf.Portal.Fleet;

/// <summary>The live fleet: filtered, sorted, grouped and selected as the address says; at most two redraws a second.</summary>
public sealed partial class FleetPage : IAsyncDisposable
{
    private static readonly TimeSpan SearchRest = TimeSpan.FromMilliseconds(300);

    private readonly CancellationTokenSource _left = new();
    private readonly HeldRows _held = new();
    private FleetPageState _state = new();
    private FleetSnapshot _snapshot = FleetSnapshot.Empty;
    private FleetView _view = FleetView.Empty;
    private string _search = "";
    private int _typing;

    /// <summary>Addresses that this page asked for and that have not come back yet.</summary>
    private int _underWay;
    private bool _isHeld;
    private ElementReference _scroller;
    private PageScript? _script;
    private DotNetObjectReference<FleetPage>? _self;

    [CascadingParameter] public Task<AuthenticationState>? Login { get; set; }

    [Inject] public required FleetFeed Feed { get; init; }

    [Inject] public required NavigationManager Navigation { get; init; }

    [Inject] public required TimeProvider Clock { get; init; }

    [Inject] public required IJSRuntime Scripts { get; init; }

    private string Summary => _snapshot.Version == 0 ? "waiting for the silo" : _state.IsFiltered
        ? $"{Figures.Count(_view.ShownCount)} of {Figures.Count(_view.LiveCount)} instances"
        : $"{Figures.Count(_view.LiveCount)} instances of {Figures.Count(_snapshot.Instances.Values.Select(instance => instance.Service).Distinct(StringComparer.Ordinal).Count())} services";

    private IReadOnlyList<string> StateNames => [.. _state.States.Select(PageQuery.NameOf)];

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
        ReadAddress();
        Navigation.LocationChanged += OnLocationChanged;
        Start(FollowAsync);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            _script = new PageScript(Scripts, Assets["fleet/hold.js"]);
            // Without it rows are never held; nothing else is lost.
            await _script.TryCallAsync("watch", _scroller, _self);
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
        _view = FleetView.Of(snapshot, _state);
        if (_isHeld)
        {
            _held.Refresh(_view, snapshot);
        }
        else
        {
            _held.Show(_view);
        }
    }

    /// <summary>A step can be taken back with the browser's back button.</summary>
    private void Go(FleetPageState state, bool isStep = true)
    {
        // At once: what is pressed before the address comes back counts on top of this.
        Take(state);
        _underWay++;
        Navigation.NavigateTo(state.ToUri(), replace: !isStep);
    }

    /// <summary>Filters at once, but writes the address only when the typing rests: each address comes back later than the next letter.</summary>
    private async Task OnSearchAsync()
    {
        var turn = ++_typing;
        _state = _state with { Search = _search.Trim() };
        _view = FleetView.Of(_snapshot, _state);
        _held.Show(_view);
        await Task.Delay(SearchRest, Clock);
        if (turn == _typing && !_left.IsCancellationRequested)
        {
            _typing = 0;
            Go(_state, isStep: false);
        }
    }

    private void ToggleState((string Value, bool IsSelected) change) => Go(_state with
    {
        States = [.. FleetPageState.Toggle(StateNames, change.Value, change.IsSelected).Select(name => Enum.Parse<InstanceState>(name, ignoreCase: true))],
    });

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change) => _ = InvokeAsync(() =>
    {
        // Only the last one that was asked for says all that was pressed.
        _underWay = Math.Max(0, _underWay - 1);
        if (_underWay == 0 && new Uri(change.Location).AbsolutePath == new Uri(Navigation.BaseUri).AbsolutePath)
        {
            ReadAddress();
            StateHasChanged();
        }
    });

    private void ReadAddress()
    {
        var state = FleetPageState.FromUri(Navigation.Uri);
        if (_typing > 0)
        {
            state = state with { Search = _search.Trim() };
        }
        else if (state.Search != _search.Trim())
        {
            _search = state.Search;
        }

        Take(state);
    }

    /// <summary>What somebody asks for is shown at once, held or not; a tick of a box moves nothing.</summary>
    private void Take(FleetPageState state)
    {
        var before = _state;
        _state = state;
        _view = FleetView.Of(_snapshot, state);
        if ((before with { Selected = [] }).ToUri() != (state with { Selected = [] }).ToUri())
        {
            _held.Show(_view);
        }
    }

    private void SelectAll(bool isSelected) => Go(
        _state with { Selected = isSelected ? [.. _held.Rows.Select(row => row.Instance?.InstanceId).OfType<string>().Take(FleetPageState.MostSelected).Order(StringComparer.Ordinal)] : [] }, isStep: false);

    /// <summary>As the table calls it.</summary>
    private static string StateLabel(string name) => InstanceProblemAdvice.NameOf(Enum.Parse<InstanceState>(name, ignoreCase: true));

    private async Task ReleaseAsync()
    {
        _isHeld = false;
        Show(_snapshot);
        await _script!.TryCallAsync("toTop", _scroller);
    }

    private IEnumerable<(string Value, int Count)> ServiceOptions() => Options(instance => instance.Service, static _ => true);

    private IEnumerable<(string Value, int Count)> VersionOptions() =>
        Options(instance => instance.Version, instance => _state.Services.Count == 0 || _state.Services.Contains(instance.Service));

    private IEnumerable<(string Value, int Count)> StateOptions() => Options(instance => PageQuery.NameOf(instance.State), static _ => true);

    private IEnumerable<(string Value, int Count)> Options(Func<Instance, string> value, Func<Instance, bool> counts) => _snapshot.Instances.Values
        .Where(counts).GroupBy(value, StringComparer.Ordinal).Where(group => group.Key.Length > 0)
        .Select(group => (group.Key, group.Count())).OrderBy(option => option.Key, StringComparer.Ordinal);

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

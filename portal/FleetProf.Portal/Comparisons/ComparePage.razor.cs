using System.Globalization;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Access;
using FleetProf.Portal.Campaigns;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;

namespace FleetProf.Portal.Comparisons;

/// <summary>Chooses two sides and has them compared.</summary>
public sealed partial class ComparePage : IDisposable
{
    private readonly LatestLoad _loads = new();
    private ComparePageState _state = new();
    private IReadOnlyList<ServiceRow> _services = [];
    private IReadOnlyList<Deploy> _deploys = [];
    private IReadOnlyList<Comparison> _comparisons = [];
    private string? _loaded;
    private string? _problem;
    private bool _isBusy;

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required NavigationManager Navigation { get; init; }

    [Inject] public required TimeProvider Clock { get; init; }

    [Inject] internal RunIds Ids { get; init; } = null!;

    [CascadingParameter] public Task<AuthenticationState>? Authentication { get; set; }

    private string? Running => _services.FirstOrDefault(service => service.Service == _state.Service)?.Versions is [var first, ..] ? first : null;

    /// <summary>Newest first, then what runs without a known deploy.</summary>
    private IEnumerable<string> Versions => _deploys.SelectMany(deploy => new[] { deploy.Version, deploy.PreviousVersion })
        .Concat(_services.FirstOrDefault(service => service.Service == _state.Service)?.Versions ?? []).Where(version => version.Length > 0).Distinct(StringComparer.Ordinal);

    /// <summary>Where it was deployed, by name.</summary>
    private IEnumerable<string> Environments => _deploys.Select(deploy => deploy.Environment).Where(environment => environment.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    protected override async Task OnInitializedAsync()
    {
        _state = ComparePageState.FromUri(Navigation.Uri);
        Navigation.LocationChanged += OnLocationChanged;
        await LoadAsync();
    }

    private Task LoadAsync()
    {
        var service = _loaded = _state.Service;
        return _loads.RunAsync(
            async () =>
            {
                var fleet = Cluster.GetGrain<IFleetQueryGrain>(0);
                var services = await fleet.ListServicesAsync();
                IReadOnlyList<Deploy> deploys = service is null ? [] : await fleet.ListDeploysAsync(service, 20);
                var comparisons = await Cluster.GetGrain<IComparisonQueryGrain>(0).ListAsync(service, 20);
                return () => (_services, _deploys, _comparisons, _problem) = (services, deploys, comparisons, null);
            },
            // The next choice asks again.
            failure => (_loaded, _problem) = (null, OutageSentence.Of(failure)));
    }

    private async Task CompareAsync()
    {
        if (_isBusy || _state.Problem() is not null)
        {
            return;
        }

        _isBusy = true;
        Comparison? made = null;
        var caller = Authentication is null ? "unknown" : PrincipalClaims.NameOf((await Authentication).User);
        await TryAsync(async () =>
        {
            made = await Cluster.GetGrain<IComparisonGrain>(Ids.ForKey(caller, null)).CreateAsync(_state.ToRequest(caller));
            _problem = made is null ? $"Nothing is known of {_state.Service} in these versions{(_state.Environment is { } place ? $" in {place}" : "")}. Choose versions that agents have seen." : null;
        });
        _isBusy = false;
        if (made is not null)
        {
            Navigation.NavigateTo($"/comparisons/{Uri.EscapeDataString(made.ComparisonId)}");
        }
    }

    private async Task TryAsync(Func<Task> step)
    {
        try
        {
            _problem = null;
            await step();
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _problem = OutageSentence.Of(failure);
        }
    }

    private void Go(ComparePageState state) => Navigation.NavigateTo(state.ToUri());

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change) => _ = InvokeAsync(async () =>
    {
        _state = ComparePageState.FromUri(change.Location);
        if (_state.Service != _loaded)
        {
            await LoadAsync();
        }

        StateHasChanged();
    });

    /// <summary>A name from the address stays a choice, known or not.</summary>
    private static IEnumerable<string> Names(IEnumerable<string> known, string? chosen) => chosen is null ? known : known.Append(chosen).Distinct(StringComparer.Ordinal);

    private static string? Value(ChangeEventArgs change) => change.Value is string { Length: > 0 } text ? text : null;

    private static DateTimeOffset? Time(ChangeEventArgs change) =>
        DateTimeOffset.TryParse(Value(change), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private IEnumerable<(string Title, DateTimeOffset? Value, Func<DateTimeOffset?, ComparePageState> With)> Times =>
    [
        ("A from", _state.BaselineFrom, time => _state with { BaselineFrom = time }), ("A to", _state.BaselineTo, time => _state with { BaselineTo = time }),
        ("B from", _state.CandidateFrom, time => _state with { CandidateFrom = time }), ("B to", _state.CandidateTo, time => _state with { CandidateTo = time }),
    ];

    public void Dispose() => Navigation.LocationChanged -= OnLocationChanged;
}

using System.Globalization;
using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.GcPauses;

/// <summary>Where pauses cost the most now.</summary>
public sealed partial class WorstPausesPage : IDisposable
{
    private const int MostRows = 100;

    /// <summary>A silo tells no more. The causes are of all of them, not of the rows alone.</summary>
    private const int MostRead = 1_000;

    private const int ShortId = 16;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>A minute is usually known within half a minute of its end.</summary>
    private static readonly TimeSpan MostBehind = TimeSpan.FromMinutes(3);

    private readonly CancellationTokenSource _left = new();
    private IReadOnlyList<PauseHarm>? _rows;
    private IReadOnlyList<CausePauses> _causes = [];
    private Dictionary<PauseCause, string> _serviceOf = [];
    private DateTimeOffset? _readAt;
    private DateTimeOffset? _until;
    private string? _problem;

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required TimeProvider Clock { get; init; }

    /// <summary>How old the figures are, where that is more than usual: an empty list then says nothing.</summary>
    private TimeSpan? Behind => _readAt - _until is { } age && age > MostBehind ? age : null;

    /// <summary>There may be more than were read.</summary>
    private bool IsCut => _rows?.Count >= MostRead;

    protected override void OnInitialized() => Start(FollowAsync);

    private async Task FollowAsync()
    {
        using var timer = new PeriodicTimer(Interval, Clock);
        do
        {
            await InvokeAsync(async () =>
            {
                await LoadAsync();
                StateHasChanged();
            });
        }
        while (await timer.WaitForNextTickAsync(_left.Token));
    }

    private async Task LoadAsync()
    {
        try
        {
            var pauses = Cluster.GetGrain<IGcPauseQueryGrain>(0);

            // First: the list may know more than that, never less.
            var until = await pauses.GetHarmUntilAsync(_left.Token);
            _rows = await pauses.ListHarmAsync(MostRead, _left.Token);
            (_causes, _serviceOf) = (FleetCauses.Of(_rows), FleetCauses.ServicesOf(_rows));
            (_readAt, _until, _problem) = (Clock.GetUtcNow(), until, null);
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _problem = OutageSentence.Of(failure);
        }
    }

    private string ShareOf(PauseHarm row) => (_rows![0].HarmMsPerHour <= 0 ? 0 : row.HarmMsPerHour / _rows[0].HarmMsPerHour * 100).ToString("0.#", CultureInfo.InvariantCulture);

    private static CausePauses? MainCauseOf(PauseHarm row) => row.Causes.FirstOrDefault(cause => cause.Cause is not (PauseCause.Ordinary or PauseCause.Unknown));

    private static string Short(string instance) => instance.Length > ShortId ? $"…{instance[^(ShortId - 1)..]}" : instance;

    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }
}

using FleetProf.Contracts.Budgets;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.Budgets;

/// <summary>What an admin stops and allows.</summary>
public sealed partial class HoldPanel : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<CaptureHold> _holds = [];
    private string? _target;
    private string? _problem;
    private string _reason = "";
    private bool _isLifting;
    private bool _isBusy;

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required TimeProvider Clock { get; init; }

    private IHoldGrain Grain => Cluster.GetGrain<IHoldGrain>(0);

    private string Question => (_isLifting, _target == CaptureHold.EveryService) switch
    {
        (false, _) => "Stops every capture that runs on the whole fleet, and lets none start.",
        (true, true) => "Captures may start again. What was stopped stays stopped.",
        _ => $"Captures of {_target} may start again. What was stopped stays stopped.",
    };

    protected override Task OnInitializedAsync() => LookAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            Start(KeepFreshAsync);
        }
    }

    /// <summary>Others place and lift holds, and some end by themselves: what can be lifted is what the banner tells of.</summary>
    private async Task KeepFreshAsync()
    {
        using var timer = new PeriodicTimer(Interval, Clock);
        while (await timer.WaitForNextTickAsync(_gone.Token))
        {
            await InvokeAsync(LookAsync);
        }
    }

    private async Task LookAsync()
    {
        try
        {
            var holds = await Grain.ListAsync(_gone.Token);
            if (!_isBusy && !holds.SequenceEqual(_holds))
            {
                _holds = holds;
                StateHasChanged();
            }
        }
        catch (Exception) when (!_gone.IsCancellationRequested)
        {
            // The page says what is wrong; what was known last stays.
        }
    }

    private void Ask(string service, bool isLifting) => (_target, _isLifting, _reason, _problem) = (service, isLifting, "", null);

    private Task ActAsync() => AskAsync(async () =>
    {
        if (_isLifting)
        {
            await Grain.LiftAsync(_target!, _reason.Trim());
        }
        else if ((await Grain.PlaceAsync(new HoldRequest { Service = _target!, Reason = _reason.Trim() })).Problem is { } problem)
        {
            _problem = problem;
            return;
        }

        _target = null;
    });

    private async Task AskAsync(Func<Task> act)
    {
        (_isBusy, _problem) = (true, null);
        try
        {
            await act();
            _holds = await Grain.ListAsync();
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _problem = "The silo did not answer. Look at the banner on top whether captures are stopped, and try again.";
        }
        finally
        {
            _isBusy = false;
        }
    }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}

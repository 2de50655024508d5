using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Access;
using FleetProf.Portal.Captures;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace FleetProf.Portal.Campaigns;

/// <summary>One campaign, live: every target with where it is, and what came of it.</summary>
public sealed partial class CampaignPage : IDisposable
{
    private CancellationTokenSource _shown = new();
    private string? _shownId;
    private Campaign? _campaign;
    private DateTimeOffset? _asOf;
    private string? _problem;

    /// <summary>Why the last press of a button to stop may have done nothing. What is read meanwhile says nothing of it.</summary>
    private string? _stopProblem;
    private bool _isLoaded;
    private bool _isStopping;

    [Parameter] public string CampaignId { get; set; } = "";

    [SupplyParameterFromQuery(Name = "sort")] public string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "order")] public string? Order { get; set; }

    [CascadingParameter] public Task<AuthenticationState>? Login { get; set; }

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required CampaignFeed Feed { get; init; }

    private string Title => _campaign is { } campaign
        ? CampaignWords.NameOf(campaign.Spec.Name, campaign.Spec.Selector.Services)
        : $"Campaign {CampaignId}";

    /// <summary>"3 of 8 captures ready, 1 failed, 2 running, 2 waiting"</summary>
    private string Summary
    {
        get
        {
            var targets = _campaign!.Targets;
            var others = targets.Where(target => target.State != CaptureState.Ready).GroupBy(target => target.State).OrderByDescending(group => group.Key)
                .Select(group => $"{group.Count()} {CaptureWords.Of(group.Key)}");
            return string.Join(", ", others.Prepend($"{targets.Count(target => target.State == CaptureState.Ready)} of {targets.Count} captures ready"));
        }
    }

    protected override void OnParametersSet()
    {
        if (_shownId != CampaignId)
        {
            _shownId = CampaignId;
            (_campaign, _asOf, _problem, _stopProblem, _isLoaded) = (null, null, null, null, !Ids.IsKey(CampaignId));
            Follow();
        }
    }

    private void Follow()
    {
        _shown.Cancel();
        _shown.Dispose();
        _shown = new();
        if (Ids.IsKey(CampaignId))
        {
            Start(() => FollowAsync(CampaignId, _shown.Token));
        }
    }

    private async Task FollowAsync(string campaignId, CancellationToken cancellationToken)
    {
        try
        {
            var grants = await PrincipalClaims.GrantsAsync(Login);
            await foreach (var all in Feed.SubscribeAsync(campaignId, cancellationToken))
            {
                var snapshot = all.For(grants);
                await InvokeAsync(() =>
                {
                    (_campaign, _problem, _asOf) = (snapshot.Campaign, snapshot.Problem, snapshot.AsOf);
                    _isLoaded = snapshot.Problem is null;
                    if (_campaign is { State: not (CampaignState.Running or CampaignState.Scheduled) })
                    {
                        // Nothing is left to press.
                        _stopProblem = null;
                    }

                    StateHasChanged();
                });
            }
        }
        catch (OperationCanceledException)
        {
            // The page shows something else, or nothing, by now.
        }
    }

    private Task StopAsync() => AskAsync(async user => await Cluster.GetGrain<ICampaignGrain>(CampaignId).StopAsync(user));

    private Task StopTargetAsync(CampaignTarget target) =>
        AskAsync(user => Cluster.GetGrain<ICampaignGrain>(CampaignId).StopTargetAsync(target.CaptureId, user));

    private async Task AskAsync(Func<string, Task> stop)
    {
        (_isStopping, _stopProblem) = (true, null);
        try
        {
            await stop(PrincipalClaims.NameOf((await Login!).User));
            Follow();
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _stopProblem = OutageSentence.Of(failure, CampaignWords.StopInDoubt, OutageSentence.TryAgain);
        }
        finally
        {
            _isStopping = false;
        }
    }

    public void Dispose()
    {
        _shown.Cancel();
        _shown.Dispose();
    }
}

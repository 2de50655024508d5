using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Access;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace FleetProf.Portal.Campaigns;

/// <summary>The form for a campaign, with the silo's opinion of it while it is filled in.</summary>
public sealed partial class NewCampaignPage : IDisposable
{
    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(250);

    private static readonly HashSet<string> KnownFields =
    [
        "selector", "selector.services", "selector.instanceIds", "selector.version", "selector.labels", "kinds", "durationSeconds", "maxStallMs", "sampleSize", "sampleFraction",
        "maxConcurrentPerService", "deadline", "maxBytes", "seed", "cron", "whenPauseOverMs", "name", "reason",
    ];

    private readonly CancellationTokenSource _gone = new();
    private CancellationTokenSource _asking = new();
    private CampaignDraft _draft = new();
    private IReadOnlyList<ServiceRow> _services = [];
    private IReadOnlyList<FieldProblem> _problems = [];
    private CampaignPreview? _preview;
    private string _serviceText = "";
    private string? _campaignId;
    private string? _earlierId;
    private string? _problem;
    private bool _isAsking;
    private bool _isStarting;

    /// <summary>Nobody knows whether the last press of the button has worked.</summary>
    private bool _isStartInDoubt;

    [CascadingParameter] public Task<AuthenticationState>? Login { get; set; }

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required RunIds Ids { get; init; }

    [Inject] public required NavigationManager Navigation { get; init; }

    [Inject] public required TimeProvider Clock { get; init; }

    private IEnumerable<string> Versions => _services.Where(row => _draft.Services.Contains(row.Service)).SelectMany(row => row.Versions).Distinct().Order(StringComparer.Ordinal);

    protected override async Task OnInitializedAsync()
    {
        (_draft, _campaignId) = (NewCampaignQuery.Read(Navigation.Uri), NewCampaignQuery.IdIn(Navigation.Uri));
        await LoadAsync();
    }

    /// <summary>What went wrong last: a start whose answer was lost is one to be tried again.</summary>
    private Task RetryAsync() => _isStartInDoubt ? StartAsync() : LoadAsync();

    private async Task LoadAsync()
    {
        try
        {
            _services = await Cluster.GetGrain<IFleetQueryGrain>(0).ListServicesAsync(_gone.Token);
            _problem = null;
            await PreviewAsync(_asking.Token);
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _problem = OutageSentence.Of(failure, ", so nothing can be started");
        }
        catch (OperationCanceledException)
        {
            // The page is closed.
        }
    }

    /// <summary>Once the typing pauses: keeps what was entered in the address, where a lost connection cannot take it, and asks the silo.</summary>
    private async Task Changed()
    {
        await _asking.CancelAsync();
        _asking.Dispose();
        _asking = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
        var cancellation = _asking.Token;
        try
        {
            await Task.Delay(TypingPause, Clock, cancellation);
            Navigation.NavigateTo(NewCampaignQuery.Of(_draft.ToSpec(), _draft.NamedInstances, _campaignId), replace: true);
            await PreviewAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // A newer change asks again.
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _problem = OutageSentence.Of(failure, "; the preview may be old", OutageSentence.TryAgain);
        }
    }

    private async Task PreviewAsync(CancellationToken cancellationToken)
    {
        if (_draft.IsUntouched)
        {
            (_preview, _problems) = (null, []);
            return;
        }

        var spec = _draft.ToSpec();
        var own = OwnProblems(spec);
        _isAsking = true;
        try
        {
            // A spec beyond the bounds is not worth a call; anything else is judged by the silo.
            var preview = own.Count > 0 ? null : await Cluster.GetGrain<ICampaignQueryGrain>(0).PreviewAsync(spec, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            _preview = preview ?? _preview;
            _problems = preview is null ? own : ToFields(preview.Problems);
            _problem = null;
        }
        finally
        {
            _isAsking = false;
        }
    }

    private List<FieldProblem> OwnProblems(CampaignSpec spec) => [.. _draft.Problems(), .. CampaignLimits.Problems(spec)];

    private static IReadOnlyList<FieldProblem> ToFields(IReadOnlyList<CampaignProblem> problems) => [.. problems.Select(problem => new FieldProblem(problem.Field, problem.Message))];

    private async Task StartAsync()
    {
        var asked = _draft.ToSpec() with { RequestedBy = PrincipalClaims.NameOf((await Login!).User) };
        _problems = OwnProblems(asked);
        if (_problems.Count > 0)
        {
            return;
        }

        // A late answer to the typing must not lead back here from where the start leads.
        await _asking.CancelAsync();
        // One id for this form: a second click, or a second try after a lost answer, starts nothing twice. In the address it outlives the page and the portal.
        _campaignId ??= Ids.Next();
        Navigation.NavigateTo(NewCampaignQuery.Of(asked, _draft.NamedInstances, _campaignId), replace: true);
        (_isStarting, _isStartInDoubt) = (true, false);
        try
        {
            var creation = await Cluster.GetGrain<ICampaignGrain>(_campaignId).CreateAsync(asked, null, _gone.Token);
            if (creation.Campaign is { } campaign && NewCampaignQuery.Of(campaign.Spec) == NewCampaignQuery.Of(asked))
            {
                // Whoever comes back to the form by the browser's button starts another one.
                Navigation.NavigateTo(NewCampaignQuery.Of(asked, _draft.NamedInstances), replace: true);
                Navigation.NavigateTo($"campaigns/{campaign.CampaignId}");
                return;
            }

            // Who has changed the form after a lost answer must not take the campaign of that answer for the changed one.
            (_earlierId, _campaignId, _problem) = (creation.Campaign?.CampaignId, null, null);
            _problems = ToFields(creation.Problems);
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _isStartInDoubt = true;
            _problem = "The silo did not answer. Press the button again: the campaign is started once, however often you press.";
        }
        finally
        {
            _isStarting = false;
        }
    }

    private Task Toggle<T>(HashSet<T> chosen, T item)
    {
        if (!chosen.Remove(item))
        {
            chosen.Add(item);
        }

        return Changed();
    }

    private Task SetFraction(bool isFraction)
    {
        _draft.IsFraction = isFraction;
        return Changed();
    }

    private Task SetWhen(bool isRecurring, bool isAtPause)
    {
        (_draft.IsRecurring, _draft.IsAtPause) = (isRecurring, isAtPause);
        return Changed();
    }

    private Task ForgetInstances()
    {
        _draft.InstanceIds.Clear();
        _draft.NamedInstances = 0;
        return Changed();
    }

    public void Dispose()
    {
        _gone.Cancel();
        _asking.Dispose();
        _gone.Dispose();
    }
}

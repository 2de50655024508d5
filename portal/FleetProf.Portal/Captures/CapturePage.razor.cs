using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Access;
using FleetProf.Portal.Campaigns;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;

namespace FleetProf.Portal.Captures;

/// <summary>One capture: where it is while it runs, and its results.</summary>
public sealed partial class CapturePage : IAsyncDisposable
{
    private CancellationTokenSource _shown = new();
    private string? _shownId;
    private PageScript? _keys;
    private Capture? _capture;
    private IReadOnlyList<CaptureFile> _files = [];
    private Campaign? _campaign;
    private string? _problem;

    /// <summary>Why the last press of Stop has, or may have, done nothing. What is read meanwhile says nothing of it.</summary>
    private string? _stopProblem;
    private bool _isLoaded;
    private bool _isStopping;

    [Parameter] public string CaptureId { get; set; } = "";

    [SupplyParameterFromQuery(Name = "tab")] public string? Tab { get; set; }

    [CascadingParameter] public Task<AuthenticationState>? Login { get; set; }

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required CampaignFeed Feed { get; init; }

    [Inject] public required TimeProvider Clock { get; init; }

    [Inject] public required IJSRuntime Scripts { get; init; }

    internal static string FileUrl(string captureId, string name) => $"/api/v1/captures/{Uri.EscapeDataString(captureId)}/files/{Uri.EscapeDataString(name)}";

    private static string RouteUrl(string captureId, string route) => $"/api/v1/captures/{Uri.EscapeDataString(captureId)}/{route}";

    private string Title => _capture is { } capture ? $"{CaptureWords.Of(capture.Kind)} of {capture.Service}" : $"Capture {CaptureId}";

    /// <summary>What the campaign knows of this capture: fresher than the catalog while it runs.</summary>
    private CampaignTarget? Target => _capture?.State >= CaptureState.Ready ? null : _campaign?.Targets.FirstOrDefault(target => target.CaptureId == _shownId);

    private CaptureState State => Target?.State ?? _capture!.State;

    private CapturePhase Phase => State == CaptureState.Analysing ? CapturePhase.Analysing : Target?.Phase ?? _capture!.Phase;

    private bool IsFinal => _capture!.State >= CaptureState.Ready;

    protected override async Task OnParametersSetAsync()
    {
        if (_shownId != CaptureId)
        {
            _shownId = CaptureId;
            (_capture, _files, _campaign, _stopProblem, _isLoaded) = (null, [], null, null, false);
            await LoadAsync();
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _keys = new PageScript(Scripts, Assets["js/capture-keys.js"]);
            await _keys.TryCallAsync("start");
        }
    }

    private async Task LoadAsync()
    {
        await _shown.CancelAsync();
        _shown.Dispose();
        _shown = new();
        var cancellation = _shown.Token;
        await ReadAsync(isFirst: true, cancellation);
        if (_capture is { State: < CaptureState.Ready } open && !cancellation.IsCancellationRequested)
        {
            Start(() => FollowAsync(open.CampaignId, cancellation));
        }
    }

    /// <param name="isFirst">Also the campaign. To those who are limited to services it may be none, and each time they ask for it is a refusal in the audit log.</param>
    /// <param name="cancellationToken">Ends with what is shown.</param>
    private async Task ReadAsync(bool isFirst, CancellationToken cancellationToken)
    {
        try
        {
            var captures = Cluster.GetGrain<ICaptureQueryGrain>(0);
            var capture = Ids.IsKey(CaptureId) ? await captures.GetAsync(CaptureId, cancellationToken) : null;
            _files = capture is { State: >= CaptureState.Ready } ? await captures.ListFilesAsync(CaptureId, cancellationToken) : [];
            if (isFirst)
            {
                _campaign = capture is null ? null : await Cluster.GetGrain<ICampaignGrain>(capture.CampaignId).GetAsync(cancellationToken);
            }

            (_capture, _problem, _isLoaded) = (capture, null, true);
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _problem = OutageSentence.Of(failure, _capture is null ? ", so the capture cannot be shown" : OutageSentence.MayBeOld);
        }
        catch (OperationCanceledException)
        {
            // Another capture is shown by now.
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
                _problem = snapshot.Problem;
                _campaign = snapshot.Campaign ?? _campaign;
                if (Target is { State: >= CaptureState.Ready } || (Target is null && snapshot.Problem is null))
                {
                    break;
                }

                await InvokeAsync(StateHasChanged);
            }

            // The catalog hears of the end a moment after the campaign, and is all there is to ask where the campaign covers services that the person's grants do not.
            while (_capture is { State: < CaptureState.Ready })
            {
                await InvokeAsync(() => ReadAsync(isFirst: false, cancellationToken));
                await InvokeAsync(StateHasChanged);
                await Task.Delay(CampaignFeed.Interval, Clock, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The page shows something else, or nothing, by now.
        }
    }

    private async Task StopAsync()
    {
        (_isStopping, _stopProblem) = (true, null);
        try
        {
            var (capture, user) = (_capture!, (await Login!).User);
            var isStopped = await Cluster.GetGrain<ICampaignGrain>(capture.CampaignId).StopTargetAsync(capture.CaptureId, PrincipalClaims.NameOf(user));
            _stopProblem = !isStopped && await CaptureApi.IsOfOthersAsync(Cluster, capture, PrincipalClaims.GrantsOf(user)) ? CaptureApi.OfOthers : null;
            await LoadAsync();
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

    private async Task PinAsync()
    {
        try
        {
            var actor = PrincipalClaims.NameOf((await Login!).User);
            var storage = Cluster.GetGrain<IStorageGrain>(0);
            _ = _capture!.PinnedBy is null ? await storage.PinAsync(CaptureId, actor, "") : await storage.UnpinAsync(CaptureId, actor);
            await LoadAsync();
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _problem = OutageSentence.Of(failure, ", so the pin was not changed", OutageSentence.TryAgain);
        }
    }

    private string? Neighbour(int distance)
    {
        var targets = _campaign?.Targets ?? [];
        var at = targets.Select(target => target.CaptureId).ToList().IndexOf(CaptureId);
        return at >= 0 && at + distance >= 0 && at + distance < targets.Count ? targets[at + distance].CaptureId : null;
    }

    private string? CsvOf(string file)
    {
        var csv = file.EndsWith(".top.json", StringComparison.Ordinal) ? file.Replace(".top.json", ".csv", StringComparison.Ordinal) : Path.ChangeExtension(file, ".csv");
        return _files.Any(stored => stored.Name == csv) ? csv : null;
    }

    public async ValueTask DisposeAsync()
    {
        await _shown.CancelAsync();
        _shown.Dispose();
        if (_keys is not null)
        {
            await _keys.DisposeAsync();
        }
    }
}

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
            (_capture, _files, _campaign, _isLoaded) = (null, [], null, false);
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
        await ReadAsync(cancellation);
        if (_capture is { State: < CaptureState.Ready } open && !cancellation.IsCancellationRequested)
        {
            Start(() => FollowAsync(open.CampaignId, cancellation));
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var captures = Cluster.GetGrain<ICaptureQueryGrain>(0);
            var capture = Ids.IsKey(CaptureId) ? await captures.GetAsync(CaptureId, cancellationToken) : null;
            _files = capture is null ? [] : await captures.ListFilesAsync(CaptureId, cancellationToken);
            _campaign = capture is null ? null : await Cluster.GetGrain<ICampaignGrain>(capture.CampaignId).GetAsync(cancellationToken);
            (_capture, _problem, _isLoaded) = (capture, null, true);
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _problem = OutageSentence.Of(failure, ", so the capture cannot be shown");
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
                if (Target is null or { State: >= CaptureState.Ready })
                {
                    break;
                }

                await InvokeAsync(StateHasChanged);
            }

            // The catalog hears of the end a moment after the campaign.
            for (var attempt = 0; attempt < 5 && !IsFinal; attempt++)
            {
                await InvokeAsync(() => ReadAsync(cancellationToken));
                await InvokeAsync(StateHasChanged);
                await Task.Delay(IsFinal ? TimeSpan.Zero : TimeSpan.FromSeconds(1), Clock, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The page shows something else, or nothing, by now.
        }
    }

    private async Task StopAsync()
    {
        _isStopping = true;
        try
        {
            await Cluster.GetGrain<ICampaignGrain>(_capture!.CampaignId).StopTargetAsync(CaptureId, PrincipalClaims.NameOf((await Login!).User));
            await LoadAsync();
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _problem = OutageSentence.Of(failure, ", so the capture was not stopped", OutageSentence.TryAgain);
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

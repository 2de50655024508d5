using FleetProf.Portal.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace FleetProf.Portal.GcPauses;

/// <summary>Draws the pauses of a service with a script that fetches them by itself and tells only which range was brushed.</summary>
public abstract class DrawnPauses : ComponentBase, IAsyncDisposable
{
    private PageScript? _script;
    private DotNetObjectReference<DrawnPauses>? _self;
    private ChartOptions? _drawn;

    [Inject] public required IJSRuntime Scripts { get; init; }

    [Parameter, EditorRequired] public string Service { get; set; } = "";

    [Parameter, EditorRequired] public ServicePageState State { get; set; } = new();

    [Parameter] public EventCallback<(DateTimeOffset From, DateTimeOffset To)> OnRange { get; set; }

    [Parameter] public EventCallback OnReset { get; set; }

    /// <summary>Path of the script's module below wwwroot; it exports start, update and stop.</summary>
    private protected abstract string Module { get; }

    /// <summary>Where the script draws.</summary>
    private protected ElementReference Root { get; set; }

    /// <summary>What went wrong in the script, for people; null when all is well.</summary>
    private protected string? Problem => _script?.Problem;

    /// <summary>What of the page's state the script is told.</summary>
    private protected virtual ChartOptions Options => ChartOptions.Of(Service, State);

    /// <summary>Called by the script when a range was brushed; milliseconds since 1970.</summary>
    [JSInvokable]
    public Task OnBrush(double from, double to) => OnRange.InvokeAsync((DateTimeOffset.FromUnixTimeMilliseconds((long)from), DateTimeOffset.FromUnixTimeMilliseconds((long)to)));

    /// <summary>Called by the script on a double click.</summary>
    [JSInvokable]
    public Task OnDoubleClick() => OnReset.InvokeAsync();

    /// <summary>The next render starts anew.</summary>
    private protected void Restart() => (_drawn, _script) = (null, null);

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        var options = Options;
        if (options == _drawn)
        {
            return;
        }

        var isFirst = _drawn is null;
        _drawn = options;
        _self ??= DotNetObjectReference.Create(this);
        _script ??= new PageScript(Scripts, Assets[Module]);
        var isDone = isFirst ? await _script.TryCallAsync("start", Root, options, _self) : await _script.TryCallAsync("update", Root, options);
        if (!isDone)
        {
            StateHasChanged();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_script is not null)
        {
            await _script.TryCallAsync("stop", Root);
            await _script.DisposeAsync();
        }

        _self?.Dispose();
        GC.SuppressFinalize(this);
    }
}

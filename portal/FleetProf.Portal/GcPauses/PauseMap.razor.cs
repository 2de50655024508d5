using FleetProf.Portal.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace FleetProf.Portal.GcPauses;

/// <summary>How many pauses of a service were how long and when, and its longest GCs.</summary>
public sealed partial class PauseMap : IAsyncDisposable
{
    private ElementReference _root;
    private PageScript? _script;
    private DotNetObjectReference<PauseMap>? _self;
    private ChartOptions? _drawn;

    [Inject] public required IJSRuntime Scripts { get; init; }

    [Parameter, EditorRequired] public string Service { get; set; } = "";

    [Parameter, EditorRequired] public ServicePageState State { get; set; } = new();

    [Parameter] public EventCallback<(DateTimeOffset From, DateTimeOffset To)> OnRange { get; set; }

    [Parameter] public EventCallback OnReset { get; set; }

    /// <summary>Called by pause-map.js when a range was brushed; milliseconds since 1970.</summary>
    [JSInvokable]
    public Task OnBrush(double from, double to) => OnRange.InvokeAsync((DateTimeOffset.FromUnixTimeMilliseconds((long)from), DateTimeOffset.FromUnixTimeMilliseconds((long)to)));

    /// <summary>Called by pause-map.js on a double click.</summary>
    [JSInvokable]
    public Task OnDoubleClick() => OnReset.InvokeAsync();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // How the lines of the trends are cut is nothing to it.
        var options = ChartOptions.Of(Service, State with { IsPerInstance = false, IsByGeneration = false });
        if (options == _drawn)
        {
            return;
        }

        var isFirst = _drawn is null;
        _drawn = options;
        _self ??= DotNetObjectReference.Create(this);
        _script ??= new PageScript(Scripts, Assets["gcpauses/pause-map.js"]);
        var isDone = isFirst ? await _script.TryCallAsync("start", _root, options, _self) : await _script.TryCallAsync("update", _root, options);
        if (!isDone)
        {
            StateHasChanged();
        }
    }

    private void Restart()
    {
        // The next render starts anew.
        (_drawn, _script) = (null, null);
    }

    public async ValueTask DisposeAsync()
    {
        if (_script is not null)
        {
            await _script.TryCallAsync("stop", _root);
            await _script.DisposeAsync();
        }

        _self?.Dispose();
    }
}

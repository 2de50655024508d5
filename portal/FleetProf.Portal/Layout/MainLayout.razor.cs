using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace FleetProf.Portal.Layout;

/// <summary>What surrounds every page: places, theme, keys, and a net for a page that throws.</summary>
public sealed partial class MainLayout : IAsyncDisposable
{
    private ErrorBoundary? _boundary;
    private PageScript? _script;
    private DotNetObjectReference<MainLayout>? _self;
    private string _section = "";
    private bool _isDark;

    [Inject] public required IJSRuntime Scripts { get; init; }

    [Inject] public required NavigationManager Navigation { get; init; }

    /// <summary>Called by shell.js when the theme changes; MudBlazor cannot read our style sheet.</summary>
    [JSInvokable]
    public void OnThemeChanged(bool isDark)
    {
        _isDark = isDark;
        StateHasChanged();
    }

    protected override void OnInitialized()
    {
        _section = Navigation.ToBaseRelativePath(Navigation.Uri);
        Navigation.LocationChanged += OnLocationChanged;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            _script = new PageScript(Scripts, Assets["layout/shell.js"]);
            await _script.TryCallAsync("start", _self);
        }
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change)
    {
        _section = Navigation.ToBaseRelativePath(change.Location);
        Recover();
        _ = InvokeAsync(StateHasChanged);
    }

    private void Recover() => _boundary?.Recover();

    public async ValueTask DisposeAsync()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        if (_script is not null)
        {
            await _script.DisposeAsync();
        }

        _self?.Dispose();
    }
}

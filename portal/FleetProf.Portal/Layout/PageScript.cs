using System.Text.Json;
using Microsoft.JSInterop;

namespace FleetProf.Portal.Layout;

/// <summary>
/// The ES module of one component. What a module throws becomes <see cref="Problem"/>: an exception that leaves
/// OnAfterRenderAsync would end the whole circuit.
/// </summary>
public sealed class PageScript(IJSRuntime scripts, string address) : IAsyncDisposable
{
    private IJSObjectReference? _module;

    /// <summary>What went wrong last, for people; null when all is well.</summary>
    public string? Problem { get; private set; }

    /// <summary>False when the module could not be loaded or its function threw.</summary>
    public async Task<bool> TryCallAsync(string function, params object?[] arguments) => (await CallAsync<object>(function, arguments)).IsDone;

    /// <summary>Default when the module could not be loaded or its function threw.</summary>
    public async Task<T?> CallOrDefaultAsync<T>(string function, params object?[] arguments) => (await CallAsync<T>(function, arguments)).Value;

    private async Task<(bool IsDone, T? Value)> CallAsync<T>(string function, object?[] arguments)
    {
        try
        {
            _module ??= await scripts.InvokeAsync<IJSObjectReference>("import", $"/{address.TrimStart('/')}");
            var value = await _module.InvokeAsync<T>(function, arguments);
            Problem = null;
            return (true, value);
        }
        catch (Exception failure) when (failure is JSException or JsonException)
        {
            // The first line names the error; the rest is the stack in the browser.
            Problem = failure.Message.Split('\n')[0];
        }
        catch (Exception failure) when (failure is JSDisconnectedException or OperationCanceledException or ObjectDisposedException)
        {
            // The browser has gone, and with it whoever could read a problem.
        }

        return (false, default);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_module is not null)
            {
                await _module.DisposeAsync();
            }
        }
        catch (Exception failure) when (failure is JSException or JSDisconnectedException or OperationCanceledException)
        {
            // Nothing is left to release in a browser that has gone.
        }
    }
}

using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.Layout;

/// <summary>A page that goes on by itself. Work that nobody awaits would fail unseen, and its page stand still and look alive.</summary>
public abstract class LivePage : ComponentBase
{
    /// <summary>Runs beside the page. What it throws takes the place of the page, with a way to try again; that it was cancelled because the page was left is the normal end.</summary>
    protected void Start(Func<Task> work) => _ = RunAsync(work);

    private async Task RunAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
        {
            // The page was left.
        }
        catch (Exception failure)
        {
            await DispatchExceptionAsync(failure);
        }
    }
}

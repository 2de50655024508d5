using FleetProf.Portal.Problems;

namespace FleetProf.Portal.Layout;

/// <summary>
/// What a page reads for a choice that may change meanwhile. Answers come in any order: only that to the newest question is shown. An older one that
/// comes later, or its failure, would stay on a page that says something else.
/// </summary>
internal sealed class LatestLoad
{
    private int _begun;

    /// <param name="read">Asks the silo, changes nothing of the page, and returns what shows the answer there.</param>
    /// <param name="away">Says on the page why the silo does not answer.</param>
    public async Task RunAsync(Func<Task<Action>> read, Action<Exception> away)
    {
        var load = ++_begun;
        Action show;
        try
        {
            show = await read();
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            show = () => away(failure);
        }
        catch (OperationCanceledException)
        {
            // The page was left.
            return;
        }

        if (load == _begun)
        {
            show();
        }
    }
}

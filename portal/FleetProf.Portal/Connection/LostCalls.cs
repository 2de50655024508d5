namespace FleetProf.Portal.Connection;

/// <summary>
/// Ends the calls that a silo was to answer when it is lost: Orleans keeps each until its time is over, and whoever asked would wait ten seconds for
/// "unavailable". Whether the silo did what was asked is open, as after any answer that was lost. While another silo is there, calls wait as before,
/// for nothing tells which of the two they went to.
/// </summary>
internal sealed class LostCalls(SiloConnection silo) : IOutgoingGrainCallFilter
{
    public Task Invoke(IOutgoingGrainCallContext context) => WhileConnectedAsync(context.Invoke);

    /// <exception cref="SiloUnavailableException">The silo was lost meanwhile.</exception>
    internal async Task WhileConnectedAsync(Func<Task> invoke)
    {
        var lost = silo.UntilLost;
        var call = invoke();
        if (await Task.WhenAny(call, lost) != call)
        {
            throw new SiloUnavailableException("The silo was lost before it answered.");
        }

        await call;
    }
}

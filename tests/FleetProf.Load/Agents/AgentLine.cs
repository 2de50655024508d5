using FleetProf.AgentProtocol;
using Grpc.Core;

namespace FleetProf.Load.Agents;

#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing, and late senders may still wait on it.
/// <summary>The sending side of one session: one frame at a time, whoever sends.</summary>
internal sealed class AgentLine(IClientStreamWriter<AgentFrame> stream, CancellationToken ended)
{
#pragma warning restore CA1001
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>False when the session is over.</summary>
    public async Task<bool> SendAsync(AgentFrame frame)
    {
        try
        {
            await turn.WaitAsync(ended);
            try
            {
                await stream.WriteAsync(frame, ended);
                return true;
            }
            finally
            {
                turn.Release();
            }
        }
        catch (Exception end) when (end is OperationCanceledException or RpcException or InvalidOperationException or IOException)
        {
            return false;
        }
    }

    /// <summary>All that wait, in their order.</summary>
    public async Task SendAsync(WindowSpool spool)
    {
        try
        {
            await turn.WaitAsync(ended);
            try
            {
                while (spool.Next() is { } batch)
                {
                    await stream.WriteAsync(new AgentFrame { Vitals = batch }, ended);
                }
            }
            finally
            {
                turn.Release();
            }
        }
        catch (Exception end) when (end is OperationCanceledException or RpcException or InvalidOperationException or IOException)
        {
            // They go out with the next session.
        }
    }
}

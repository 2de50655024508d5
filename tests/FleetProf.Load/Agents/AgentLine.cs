using FleetProf.Agent.Control;
using FleetProf.AgentProtocol;
using Grpc.Core;

namespace FleetProf.Load.Agents;

#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing, and late senders may still wait on it.
/// <summary>The sending side of one session: one frame at a time, whoever sends.</summary>
internal sealed class AgentLine(IClientStreamWriter<AgentFrame> stream, HeartbeatTurn beat, Func<Heartbeat> read, CancellationToken ended)
{
#pragma warning restore CA1001
    private static readonly WriteOptions Hint = new(WriteFlags.BufferHint);

    private readonly SemaphoreSlim turn = new(1);

    /// <param name="isWindowWaiting">One that it may go with waits for its turn.</param>
    public bool IsBeatDue(bool isWindowWaiting) => beat.Left(isWindowWaiting) <= TimeSpan.Zero;

    public Task<bool> BeatAsync()
    {
        beat.Take();
        return SendAsync(new AgentFrame { Heartbeat = read() });
    }

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

    /// <summary>All that wait, in their order, with a heartbeat that is due soon.</summary>
    public async Task SendAsync(WindowSpool spool)
    {
        try
        {
            await turn.WaitAsync(ended);
            try
            {
                while (spool.Next() is { } batch)
                {
                    if (beat.IsSoon)
                    {
                        beat.Take();
                        stream.WriteOptions = Hint;
                        await stream.WriteAsync(new AgentFrame { Heartbeat = read() }, ended);
                        stream.WriteOptions = null;
                    }

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

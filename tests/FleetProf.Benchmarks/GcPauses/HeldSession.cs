using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Captures;
using FleetProf.TestKit.Processes;

namespace FleetProf.Benchmarks.GcPauses;

/// <summary>What a capture that waits for a pause keeps running in its target: the session of its kind, read all the time. The bytes are thrown away.</summary>
internal sealed class HeldSession : IAsyncDisposable
{
    private readonly TraceSession session;
    private readonly CancellationTokenSource ending = new();
    private readonly Task reading;

    private HeldSession(TraceSession session)
    {
        this.session = session;
        reading = ReadAsync();
    }

    /// <summary>Returns once the session runs.</summary>
    public static async Task<IAsyncDisposable> OnAsync(GcProbeProcess probe, CaptureRecipe recipe) =>
        new HeldSession(await new DiagnosticIpc(probe.SocketPath, probe.Pid).StartSessionAsync(recipe.Request, CancellationToken.None));

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await reading;
        await session.DisposeAsync();
        ending.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            await session.Stream.CopyToAsync(Stream.Null, ending.Token);
        }
        catch (OperationCanceledException)
        {
            // What is left is drained when the session is disposed.
        }
    }
}

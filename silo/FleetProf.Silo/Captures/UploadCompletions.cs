using FleetProf.AgentProtocol;

namespace FleetProf.Silo.Captures;

/// <summary>
/// Storing what was received whole, one at a time for each capture and a few at once. It goes on when the call that asked for it is over: what takes
/// longer than an agent waits for an answer would else begin anew with each of its tries. Only the silo's end stops it.
/// </summary>
internal sealed class UploadCompletions(IHostApplicationLifetime lifetime) : IDisposable
{
    /// <summary>Each reads and writes as fast as the disk can.</summary>
    public const int AtOnce = 4;

    private readonly SemaphoreSlim places = new(AtOnce);
    private readonly Dictionary<string, Task> running = [];

    /// <summary>That wait or are under way.</summary>
    public int Count
    {
        get
        {
            lock (running)
            {
                return running.Count;
            }
        }
    }

    /// <summary>Does the work of a capture of which none is under way, and waits for its end. Throws what it throws.</summary>
    /// <param name="captureId">Whose upload it is.</param>
    /// <param name="work">Is cancelled when the silo stops.</param>
    /// <param name="cancellationToken">Ends the wait alone.</param>
    public Task<UploadStatus?> RunAsync(string captureId, Func<CancellationToken, Task<UploadStatus?>> work, CancellationToken cancellationToken)
    {
        var completion = InPlaceAsync(work);
        lock (running)
        {
            running[captureId] = completion;
        }

        _ = completion.ContinueWith(ended => Forget(captureId, ended), TaskScheduler.Default);
        return completion.WaitAsync(cancellationToken);
    }

    /// <summary>Waits until none of a capture is under way, however it ends.</summary>
    public async Task SettledAsync(string captureId, CancellationToken cancellationToken)
    {
        Task? completion;
        lock (running)
        {
            running.TryGetValue(captureId, out completion);
        }

        if (completion is not null)
        {
            await ((Task)completion.WaitAsync(cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public void Dispose() => places.Dispose();

    private async Task<UploadStatus?> InPlaceAsync(Func<CancellationToken, Task<UploadStatus?>> work)
    {
        await places.WaitAsync(lifetime.ApplicationStopping);
        try
        {
            return await work(lifetime.ApplicationStopping);
        }
        finally
        {
            places.Release();
        }
    }

    private void Forget(string captureId, Task ended)
    {
        // Whoever still waited has got it; with nobody left the next try of the agent finds the same.
        _ = ended.Exception;
        lock (running)
        {
            if (running.GetValueOrDefault(captureId) == ended)
            {
                running.Remove(captureId);
            }
        }
    }
}

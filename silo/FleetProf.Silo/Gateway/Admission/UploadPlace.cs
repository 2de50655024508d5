using FleetProf.AgentProtocol;
using Grpc.Core;

namespace FleetProf.Silo.Gateway.Admission;

/// <summary>
/// A place for one upload, and its chunks. Three minutes are there to wait for them, and each brings as many more as its bytes take on the slowest link that is
/// served, so that whoever sends nothing, or next to nothing, does not keep a place from others. What the silo does with a chunk costs its agent no time.
/// </summary>
/// <param name="chunks">What the agent sends.</param>
/// <param name="clock">By which it is waited for.</param>
/// <param name="leave">Gives the place back, and says how long it was held for nothing.</param>
internal sealed class UploadPlace(IAsyncStreamReader<UploadChunk> chunks, TimeProvider clock, Action<TimeSpan> leave) : IAsyncStreamReader<UploadChunk>, IDisposable
{
    public const int SlowestBytesPerSecond = 6_000;

    /// <summary>In which a chunk of 1 MiB, the largest that agents send and already the first of a stream, comes over the slowest link.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Waited for beyond what the bytes that came explain.</summary>
    private TimeSpan wasted;

    public UploadChunk Current => chunks.Current;

    /// <exception cref="RpcException">DeadlineExceeded: it sends too slowly; agents try again after a while.</exception>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(wasted < Patience ? Patience - wasted : TimeSpan.Zero, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var askedAt = clock.GetTimestamp();
        var received = 0;
        try
        {
            var isThere = await chunks.MoveNext(either.Token);
            received = isThere ? Current.Data.Length : 0;
            return isThere;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(
                StatusCode.DeadlineExceeded, $"The upload came more slowly than {SlowestBytesPerSecond} bytes per second, by {Patience.TotalMinutes} minutes. Try again later."));
        }
        finally
        {
            wasted += clock.GetElapsedTime(askedAt) - TimeSpan.FromSeconds((double)received / SlowestBytesPerSecond);
            wasted = wasted > TimeSpan.Zero ? wasted : TimeSpan.Zero;
        }
    }

    public void Dispose() => leave(wasted);
}

using System.Threading.Channels;

namespace FleetProf.Silo.Gateway;

/// <summary>Handles frames of one kind in their order, beside all other kinds: a slow kind delays only itself.</summary>
internal sealed class FrameLane<T>(int capacity, BoundedChannelFullMode whenFull, Func<T, CancellationToken, Task> handle)
{
    private readonly Channel<T> waiting = Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true, FullMode = whenFull });

    /// <summary>A newer frame waits.</summary>
    public bool HasNext => waiting.Reader.TryPeek(out _);

    public ValueTask PostAsync(T frame, CancellationToken cancellationToken) => waiting.Writer.WriteAsync(frame, cancellationToken);

    /// <summary>Until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var frame in waiting.Reader.ReadAllAsync(cancellationToken))
        {
            await handle(frame, cancellationToken);
        }
    }
}

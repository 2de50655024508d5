using System.Diagnostics.CodeAnalysis;

namespace FleetProf.Agent.Captures.Spool;

/// <summary>
/// Writes to a spool file on a thread of its own, so that whoever reads a target never hangs in a write: no disk that does not answer can be
/// interrupted. What comes meanwhile waits in memory, up to a limit, and beyond it the disk is given a while; then the thread is left behind.
/// One caller at a time appends and closes.
/// </summary>
/// <param name="file">Belongs to the thread until <see cref="CloseAsync"/> returns.</param>
/// <param name="onWritten">Told on the thread how many bytes the file was given.</param>
/// <param name="onFailed">Told on the thread what ended it early.</param>
/// <param name="time">By which the disk is waited for.</param>
internal sealed class SpoolWriter(SpoolFile file, Action<int> onWritten, Action<Exception> onFailed, TimeProvider time)
{
    /// <summary>Bytes that wait at most: of a busy recording several seconds.</summary>
    public const int LimitBytes = 8 * 1024 * 1024;

    // Below the size from which arrays are large objects, which only full collections free.
    private const int BlockBytes = 64 * 1024;

    /// <summary>How long the disk may take nothing at all. A target that is stopped and not read meanwhile cannot be reached for as long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // A monitor rather than a lock: the thread waits in it.
    private readonly object gate = new();
    private readonly Queue<Block> waiting = new();
    private readonly Stack<Block> free = new();
    private TaskCompletionSource? moved;
    private Block? last;
    private int waitingBytes;
    private bool isClosed;
    private bool isOver;

    /// <summary>Starts the thread.</summary>
    public void Begin() => new Thread(Run) { IsBackground = true, Name = "spool-writer" }.Start();

    /// <summary>Takes all of it, and waits while there is no room. After the thread has ended nothing is kept.</summary>
    /// <exception cref="SpoolStuckException">The disk takes nothing; neither will anything be written any more.</exception>
    /// <exception cref="OperationCanceledException">The caller waits no more; nothing of it was taken.</exception>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        while (!TryAppend(piece.Span, out var room)) await WaitAsync(room, cancellationToken);
    }

    /// <summary>Returns when everything is written, or nothing more will be.</summary>
    /// <exception cref="SpoolStuckException">The disk takes nothing; the thread is left to it.</exception>
    public async Task CloseAsync()
    {
        lock (gate)
        {
            isClosed = true;
            Monitor.Pulse(gate);
        }
        while (NextMove() is { } move) await WaitAsync(move, CancellationToken.None);
    }

    private async Task WaitAsync(Task move, CancellationToken cancellationToken)
    {
        try
        {
            await move.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            LeaveBehind();
            throw new SpoolStuckException($"The disk of the spool has taken nothing for {Patience.TotalSeconds:0} s.");
        }
    }

    /// <param name="piece">Taken as a whole or not at all.</param>
    /// <param name="room">Completes when there may be room again.</param>
    private bool TryAppend(ReadOnlySpan<byte> piece, [NotNullWhen(false)] out Task? room)
    {
        lock (gate)
        {
            room = null;
            if (isOver) return true;
            if (waitingBytes > 0 && waitingBytes + piece.Length > LimitBytes)
            {
                room = Move();
                return false;
            }
            waitingBytes += piece.Length;
            while (piece.Length > 0)
            {
                if (last is null || last.Count == BlockBytes) waiting.Enqueue(last = free.TryPop(out var used) ? used : new Block());
                var count = Math.Min(piece.Length, BlockBytes - last.Count);
                piece[..count].CopyTo(last.Bytes.AsSpan(last.Count));
                last.Count += count;
                piece = piece[count..];
            }
            Monitor.Pulse(gate);
            return true;
        }
    }

    /// <summary>Null when the thread writes no more.</summary>
    private Task? NextMove()
    {
        lock (gate) return isOver ? null : Move();
    }

    /// <summary>Completes when the thread takes something next, or ends. Only under the lock: a move between a look at the queue and this would be missed.</summary>
    private Task Move() => (moved ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private void TellOfMove()
    {
        moved?.TrySetResult();
        moved = null;
    }

    private void LeaveBehind()
    {
        lock (gate)
        {
            isClosed = isOver = true;
            waiting.Clear();
            free.Clear();
            (last, waitingBytes) = (null, 0);
            Monitor.Pulse(gate);
        }
    }

    private void Run()
    {
        try
        {
            while (Take() is { } block)
            {
                file.Write(block.Bytes.AsSpan(0, block.Count));
                onWritten(block.Count);
                GiveBack(block);
            }
        }
        catch (Exception error)
        {
            onFailed(error);
        }
        lock (gate)
        {
            isOver = true;
            TellOfMove();
        }
    }

    /// <summary>Waits for what is to be written next; null when nothing is any more.</summary>
    private Block? Take()
    {
        lock (gate)
        {
            while (waiting.Count == 0)
            {
                if (isClosed) return null;
                Monitor.Wait(gate);
            }
            var block = waiting.Dequeue();
            if (block == last) last = null;
            waitingBytes -= block.Count;
            TellOfMove();
            return block;
        }
    }

    private void GiveBack(Block block)
    {
        lock (gate)
        {
            block.Count = 0;
            if (!isOver) free.Push(block);
        }
    }

    private sealed class Block
    {
        public byte[] Bytes { get; } = new byte[BlockBytes];

        public int Count { get; set; }
    }
}

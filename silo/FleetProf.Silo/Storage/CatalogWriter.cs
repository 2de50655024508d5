using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Threading.Channels;

namespace FleetProf.Silo.Storage;

/// <summary>
/// The one thread that writes. It takes whatever waits, runs it in one transaction (each work in a savepoint of its own,
/// so that a failing one takes nothing else with it), commits once and only then answers the callers.
/// Constraints must not be DEFERRABLE: they would fail at the commit, and with it everything in the batch.
/// </summary>
internal sealed class CatalogWriter : IDisposable
{
    private const int MaxBatch = 1_000;
    private static readonly TimeSpan MaxGathering = TimeSpan.FromMilliseconds(50);

    private readonly CatalogEngine engine;
    private readonly Channel<PendingWrite> queue = Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(8_192) { SingleReader = true });
    private readonly List<PendingWrite> batch = [];
    private readonly Thread thread;
    private WriterSession? session;
    private volatile bool isStopping;

    public CatalogWriter(CatalogEngine engine, WriterSession session)
    {
        this.engine = engine;
        this.session = session;
        thread = new Thread(Loop) { Name = "catalog-writer", IsBackground = true };
        thread.Start();
    }

    /// <summary>Waits while the queue is full: the disk sets the pace.</summary>
    public ValueTask EnqueueAsync(PendingWrite write, CancellationToken cancellationToken) => queue.Writer.WriteAsync(write, cancellationToken);

    private void Loop()
    {
        while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            CommitBatch();
        }

        session?.Dispose();
    }

    private void CommitBatch()
    {
        var started = Stopwatch.GetTimestamp();
        batch.Clear();
        var isCommitting = false;
        try
        {
            if (!TryTake(out var first))
            {
                return;
            }

            batch.Add(first);
            using var transaction = Begin();
            // What came while this silo waited for its turn goes into the same commit.
            RunBatch(transaction, Stopwatch.GetTimestamp());
            isCommitting = true;
            session!.Commit(transaction);
        }
        catch (Exception exception)
        {
            var isConnected = session is not null;
            var explained = Abandon(exception, isCommitting);
            if (isStopping && !isConnected)
            {
                FailQueued(explained);
            }

            return;
        }

        CatalogInstruments.Committed(batch.Count, Stopwatch.GetElapsedTime(started));
        batch.ForEach(write => write.Acknowledge());
    }

    /// <summary>A connection that was lost while nothing ran, as by a restart of the server, is replaced without anybody noticing.</summary>
    private DbTransaction Begin()
    {
        if (session is not null)
        {
            try
            {
                return session.Begin();
            }
            catch (Exception) when (session.Connection.State != ConnectionState.Open)
            {
                session.Dispose();
                session = null;
            }
        }

        session = engine.OpenSession();
        return session.Begin();
    }

    private void RunBatch(DbTransaction transaction, long begun)
    {
        var next = batch[0];
        batch.Clear();
        // While this silo waited for its turn nobody may have wanted it any more.
        if (next.IsCancelled)
        {
            next.Cancel();
            if (!TryTake(out next))
            {
                return;
            }
        }

        do
        {
            batch.Add(next);
            if (!TryRun(next, transaction))
            {
                batch.RemoveAt(batch.Count - 1);
            }
        }
        while (batch.Count < MaxBatch && Stopwatch.GetElapsedTime(begun) < MaxGathering && TryTake(out next));
    }

    private bool TryTake(out PendingWrite write)
    {
        while (queue.Reader.TryRead(out var candidate))
        {
            if (!candidate.IsCancelled)
            {
                write = candidate;
                return true;
            }

            candidate.Cancel();
        }

        write = null!;
        return false;
    }

    /// <summary>False when the work failed on its own and was undone on its own.</summary>
    private bool TryRun(PendingWrite write, DbTransaction transaction)
    {
        session!.Save(transaction);
        try
        {
            write.Run(session.Connection, transaction);
        }
        catch (Exception exception)
        {
            // Then everything in this batch is gone with it.
            if (session.HasLostTransaction)
            {
                throw;
            }

            session.Undo(transaction);
            CatalogInstruments.WorkFailed();
            write.Fail(engine.Explain(exception));
            return false;
        }

        session.Keep(transaction);
        return true;
    }

    /// <returns>What the callers were told.</returns>
    private Exception Abandon(Exception exception, bool isCommitting)
    {
        CatalogInstruments.CommitFailed();
        var explained = engine.Explain(exception);
        if (isCommitting && explained is CatalogException { IsUnreachable: true })
        {
            explained = new CatalogException(
                $"The connection was lost during a commit: it is not known whether {engine.Name} kept these writes. Repeating them is safe. {explained.Message}", exception)
            {
                IsUnreachable = true,
            };
        }

        batch.ForEach(write => write.Fail(explained));

        // The connection's state is unknown after a failed commit; a new one starts clean.
        session?.Dispose();
        session = null;
        return explained;
    }

    /// <summary>A process that ends has no time for a connection that each of them would wait for in vain.</summary>
    private void FailQueued(Exception explained)
    {
        while (TryTake(out var write))
        {
            write.Fail(explained);
        }
    }

    /// <summary>Writes what is queued; where the database cannot be reached any more, fails it.</summary>
    public void Dispose()
    {
        isStopping = true;
        queue.Writer.TryComplete();
        thread.Join();
    }
}

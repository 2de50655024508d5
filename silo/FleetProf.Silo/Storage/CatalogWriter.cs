using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using SQLitePCL;

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

    private readonly CatalogConnections connections;
    private readonly Channel<PendingWrite> queue = Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(8_192) { SingleReader = true });
    private readonly List<PendingWrite> batch = [];
    private readonly Thread thread;
    private WriterSession? session;

    public CatalogWriter(CatalogConnections connections)
    {
        this.connections = connections;
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
        try
        {
            if (!TryTake(out var first))
            {
                return;
            }

            batch.Add(first);
            session ??= new WriterSession(connections.OpenWriter());
            using var transaction = session.Begin();
            RunBatch(transaction, started);
            transaction.Commit();
        }
        catch (Exception exception)
        {
            Abandon(exception);
            return;
        }

        CatalogInstruments.Committed(batch.Count, Stopwatch.GetElapsedTime(started));
        batch.ForEach(write => write.Acknowledge());
    }

    private void RunBatch(SqliteTransaction transaction, long started)
    {
        var next = batch[0];
        batch.Clear();
        do
        {
            batch.Add(next);
            if (!TryRun(next, transaction))
            {
                batch.RemoveAt(batch.Count - 1);
            }
        }
        while (batch.Count < MaxBatch && Stopwatch.GetElapsedTime(started) < MaxGathering && TryTake(out next));
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
    private bool TryRun(PendingWrite write, SqliteTransaction transaction)
    {
        session!.Save(transaction);
        try
        {
            write.Run(session.Connection, transaction);
        }
        catch (Exception exception)
        {
            // A full disk or an I/O error makes SQLite give up the whole transaction, and with it everything in this batch.
            if (raw.sqlite3_get_autocommit(session.Connection.Handle) != 0)
            {
                throw;
            }

            session.Undo(transaction);
            CatalogInstruments.WorkFailed();
            write.Fail(CatalogException.Explain(exception, connections.Path));
            return false;
        }

        session.Release(transaction);
        return true;
    }

    private void Abandon(Exception exception)
    {
        CatalogInstruments.CommitFailed();
        var explained = CatalogException.Explain(exception, connections.Path);
        batch.ForEach(write => write.Fail(explained));

        // The connection's state is unknown after a failed commit; a new one starts clean.
        session?.Dispose();
        session = null;
    }

    public void Dispose()
    {
        queue.Writer.TryComplete();
        thread.Join();
    }
}

using System.Data.Common;
using System.Diagnostics;
using System.Threading.Channels;
using FleetProf.Silo.Storage;
using Microsoft.Data.Sqlite;

namespace FleetProf.Silo.Tests.Storage;

public sealed class CatalogWriterTests
{
    private const int Writes = 50;

    /// <summary>A silo that ends while its database is behind a wall: each try to connect takes its whole timeout.</summary>
    [Fact]
    public async Task Dispose_DatabaseOutOfReach_FailsWhatIsQueuedAtTheFirstTryToConnect()
    {
        using var gate = new ManualResetEventSlim();
        var engine = new LostEngine();
        var writer = new CatalogWriter(engine, new LostSession(gate));
        var writes = Enumerable.Range(0, Writes).Select(_ => NewWrite()).ToList();
        foreach (var write in writes)
        {
            await writer.EnqueueAsync(write, CancellationToken.None);
        }

        var disposing = Task.Run(writer.Dispose, CancellationToken.None);
        // It takes nothing more as soon as it is stopping.
        await Assert.ThrowsAnyAsync<ChannelClosedException>(async () =>
        {
            while (true)
            {
                await writer.EnqueueAsync(NewWrite(), CancellationToken.None);
                await Task.Yield();
            }
        });
        gate.Set();

        await disposing.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        foreach (var write in writes)
        {
            Assert.True((await Assert.ThrowsAsync<CatalogException>(() => write.Task)).IsUnreachable);
        }

        Assert.Equal(1, engine.Tries);
    }

    [Fact]
    public async Task Write_DatabaseOutOfReachWhileNothingStops_TriesForEachThatComes()
    {
        using var gate = new ManualResetEventSlim(initialState: true);
        var engine = new LostEngine();
        using var writer = new CatalogWriter(engine, new LostSession(gate));
        for (var i = 0; i < 3; i++)
        {
            var write = NewWrite();
            await writer.EnqueueAsync(write, CancellationToken.None);
            await Assert.ThrowsAsync<CatalogException>(() => write.Task);
        }

        Assert.Equal(3, engine.Tries);
    }

    /// <summary>Where another silo has its turn, which takes longer than a batch may be gathered.</summary>
    [Fact]
    public async Task Write_WaitedLongForItsTurn_TakesAllThatWaitsIntoOneCommit()
    {
        using var gate = new ManualResetEventSlim();
        var session = new WaitingSession(gate);
        using var writer = new CatalogWriter(new LostEngine(), session);
        var writes = Enumerable.Range(0, Writes).Select(_ => NewWrite()).ToList();
        foreach (var write in writes)
        {
            await writer.EnqueueAsync(write, CancellationToken.None);
        }

        gate.Set();
        await Task.WhenAll(writes.Select(write => write.Task)).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        // One, unless this machine stands still just then; each turn comes too late to gather more than one write by the time since it was asked for.
        Assert.InRange(session.Commits, 1, Writes - 1);
    }

    [Fact]
    public async Task Write_CancelledWhileItsSiloWaitsForItsTurn_IsNotRun()
    {
        using var gate = new ManualResetEventSlim();
        using var cancelled = new CancellationTokenSource();
        using var session = new WaitingSession(gate);
        using var writer = new CatalogWriter(new LostEngine(), session);
        var runs = 0;
        var write = new PendingWrite<int>((_, _) => ++runs, cancelled.Token);
        await writer.EnqueueAsync(write, CancellationToken.None);
        await session.Asked.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        await cancelled.CancelAsync();
        gate.Set();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.Task.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(0, runs);
    }

    private static PendingWrite<int> NewWrite() => new((_, _) => 1, CancellationToken.None);

    /// <summary>Cannot be connected to.</summary>
    private sealed class LostEngine : CatalogEngine
    {
        private int tries;

        public int Tries => Volatile.Read(ref tries);

        public override string Name => "lost";

        public override bool IsShared => true;

        public override WriterSession OpenSession()
        {
            Interlocked.Increment(ref tries);
            throw new CatalogException("lost does not answer.") { IsUnreachable = true };
        }

        public override DbConnection OpenReader() => throw new NotSupportedException();

        public override T ReadSnapshot<T>(DbConnection connection, Func<DbConnection, T> queries) => throw new NotSupportedException();

        public override DbConnection OpenForMigration() => throw new NotSupportedException();

        public override Exception Explain(Exception exception) => exception;
    }

    /// <summary>Has its first turn late.</summary>
    private sealed class WaitingSession(ManualResetEventSlim gate) : WriterSession
    {
        private readonly SqliteConnection connection = Opened();
        private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int commits;

        /// <summary>A turn was asked for.</summary>
        public Task Asked => asked.Task;

        public int Commits => Volatile.Read(ref commits);

        public override DbConnection Connection => connection;

        public override bool HasLostTransaction => false;

        public override DbTransaction Begin()
        {
            var began = Stopwatch.GetTimestamp();
            asked.TrySetResult();
            gate.Wait(TimeSpan.FromSeconds(20));
            SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(began) > TimeSpan.FromMilliseconds(100));
            return connection.BeginTransaction();
        }

        public override void Save(DbTransaction transaction)
        {
        }

        public override void Undo(DbTransaction transaction)
        {
        }

        public override void Keep(DbTransaction transaction)
        {
        }

        public override void Commit(DbTransaction transaction)
        {
            Interlocked.Increment(ref commits);
            base.Commit(transaction);
        }

        private static SqliteConnection Opened()
        {
            var opened = new SqliteConnection("Data Source=:memory:");
            opened.Open();
            return opened;
        }
    }

    /// <summary>Turns out to be closed when it is used, for which it waits.</summary>
    private sealed class LostSession(ManualResetEventSlim gate) : WriterSession
    {
        public override DbConnection Connection { get; } = new SqliteConnection();

        public override bool HasLostTransaction => true;

        public override DbTransaction Begin()
        {
            gate.Wait(TimeSpan.FromSeconds(20));
            throw new InvalidOperationException("The connection is closed.");
        }

        public override void Save(DbTransaction transaction) => throw new NotSupportedException();

        public override void Undo(DbTransaction transaction) => throw new NotSupportedException();

        public override void Keep(DbTransaction transaction) => throw new NotSupportedException();
    }
}

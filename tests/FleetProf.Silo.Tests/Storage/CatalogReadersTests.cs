using System.Collections.Concurrent;
using System.Data.Common;
using FleetProf.Silo.Storage;
using Microsoft.Data.Sqlite;

namespace FleetProf.Silo.Tests.Storage;

public sealed class CatalogReadersTests
{
    private const int Pooled = 3;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A firewall drops connections that were idle without a word, and the first statement on each waits half a minute to find out.</summary>
    [Fact]
    public async Task Read_EveryPooledConnectionIsDead_MeetsOneOfThemAndSucceeds()
    {
        var engine = new DroppingEngine();
        using var readers = new CatalogReaders(engine);
        using var together = new Barrier(Pooled);
        await Task.WhenAll(Enumerable.Range(0, Pooled).Select(_ => readers.ReadAsync(connection => together.SignalAndWait(TimeSpan.FromSeconds(60)), Cancel)));
        Assert.Equal((Pooled, 0), (engine.Opened, engine.Met));

        engine.Drop();

        Assert.Equal(7, await readers.ReadAsync(_ => 7, Cancel));
        Assert.Equal((Pooled + 1, 1), (engine.Opened, engine.Met));
        Assert.Equal(8, await readers.ReadAsync(_ => 8, Cancel));
        Assert.Equal((Pooled + 1, 1), (engine.Opened, engine.Met));
    }

    /// <summary>Its connections work until they are dropped.</summary>
    private sealed class DroppingEngine : CatalogEngine
    {
        private readonly ConcurrentDictionary<DbConnection, bool> living = [];
        private int opened;
        private int met;

        public int Opened => Volatile.Read(ref opened);

        /// <summary>How many dead connections were used.</summary>
        public int Met => Volatile.Read(ref met);

        public override string Name => "dropping";

        public override bool IsShared => true;

        public void Drop() => living.Clear();

        /// <summary>Closed, as a dead one is after its first statement.</summary>
        public override DbConnection OpenReader()
        {
            var connection = new SqliteConnection();
            living[connection] = true;
            Interlocked.Increment(ref opened);
            return connection;
        }

        public override T ReadSnapshot<T>(DbConnection connection, Func<DbConnection, T> queries)
        {
            if (living.ContainsKey(connection))
            {
                return queries(connection);
            }

            Interlocked.Increment(ref met);
            throw new InvalidOperationException("The connection is closed.");
        }

        public override WriterSession OpenSession() => throw new NotSupportedException();

        public override DbConnection OpenForMigration() => throw new NotSupportedException();

        public override Exception Explain(Exception exception) => exception;
    }
}

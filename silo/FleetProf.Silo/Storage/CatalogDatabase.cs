using System.Data.Common;
using FleetProf.Silo.Storage.Postgres;
using FleetProf.Silo.Storage.Sqlite;

namespace FleetProf.Silo.Storage;

/// <summary>
/// The one database: many readers, one writer; of several silos that share it one writes at a time. A write is durable (fsynced) when its task completes;
/// concurrent writes share one commit.
/// </summary>
public sealed class CatalogDatabase : IDisposable
{
    private readonly CatalogReaders readers;
    private readonly CatalogWriter writer;

    private CatalogDatabase(CatalogEngine engine, WriterSession session)
    {
        (Name, IsShared) = (engine.Name, engine.IsShared);
        readers = new CatalogReaders(engine);
        writer = new CatalogWriter(engine, session);
    }

    /// <summary>The database file, or the name of the database and its server. Holds no secrets.</summary>
    public string Name { get; }

    /// <summary>Whether other silos may use it at the same time.</summary>
    public bool IsShared { get; }

    /// <summary>Opens (or creates) the database file and brings its tables up to this version.</summary>
    /// <exception cref="CatalogException">The file cannot be opened, or it does not fit this version.</exception>
    public static CatalogDatabase Open(string path, TimeProvider clock) => Open(new SqliteEngine(path), clock);

    /// <summary>Opens a database of a PostgreSQL server, which must be there and may serve several silos, and brings its tables up to this version.</summary>
    /// <param name="connectionString">As Npgsql reads it: Host, Database, Username, ...</param>
    /// <param name="clock">Of the times in the journal of migrations.</param>
    /// <exception cref="CatalogException">It cannot be reached or used, or it does not fit this version.</exception>
    public static CatalogDatabase OpenPostgres(string connectionString, TimeProvider clock) => Open(new PostgresEngine(connectionString), clock);

    internal static CatalogDatabase Open(CatalogEngine engine, TimeProvider clock)
    {
        // First of all: the tables of a silo that shares with nobody are no business of another one.
        var session = engine.OpenSession();
        try
        {
            CatalogMigrator.Apply(engine, Migration.LoadEmbedded(), clock);
            return new CatalogDatabase(engine, session);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Runs statements in the shared transaction of the next commit. The work must not await anything else.
    /// It runs on the writer's thread; cancelling works only while it is queued.
    /// </summary>
    /// <exception cref="DbException">
    /// The statements failed and nothing of this work was kept; or the connection was lost during the commit, and it is not known whether
    /// it was kept: works are written so that repeating them is safe.
    /// </exception>
    public async Task<T> WriteAsync<T>(Func<DbConnection, DbTransaction, T> work, CancellationToken cancellationToken = default)
    {
        var pending = new PendingWrite<T>(work, cancellationToken);
        await writer.EnqueueAsync(pending, cancellationToken);
        return await pending.Task;
    }

    /// <summary>
    /// Runs queries on a reader connection, all on one snapshot; sees every write that completed before. Where the connection turns out
    /// to be lost they run again on a new one.
    /// </summary>
    /// <exception cref="DbException">The queries failed.</exception>
    public Task<T> ReadAsync<T>(Func<DbConnection, T> work, CancellationToken cancellationToken = default) =>
        readers.ReadAsync(work, cancellationToken);

    /// <summary>Commits what is queued and closes the database.</summary>
    public void Dispose()
    {
        writer.Dispose();
        readers.Dispose();
    }
}

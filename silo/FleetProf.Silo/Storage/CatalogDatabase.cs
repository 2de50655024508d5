using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace FleetProf.Silo.Storage;

/// <summary>
/// The silo's one database: many readers, one writer. A write is durable (fsynced) when its task completes;
/// concurrent writes share one commit.
/// </summary>
public sealed class CatalogDatabase : IDisposable
{
    private readonly CatalogReaders readers;
    private readonly CatalogWriter writer;

    /// <param name="connectionString">Of a database file; in-memory databases cannot be shared by the connections.</param>
    public CatalogDatabase(string connectionString)
    {
        var connections = new CatalogConnections(connectionString);
        Path = connections.Path;
        readers = new CatalogReaders(connections);
        writer = new CatalogWriter(connections);
    }

    /// <summary>The database file.</summary>
    public string Path { get; }

    /// <summary>Opens (or creates) the database file and brings its tables up to this version.</summary>
    /// <exception cref="CatalogException">The file cannot be opened, or it does not fit this version.</exception>
    public static CatalogDatabase Open(string path, TimeProvider clock)
    {
        var connectionString = new SqliteConnectionStringBuilder { DataSource = path }.ConnectionString;
        CatalogMigrator.Apply(new CatalogConnections(connectionString), Migration.LoadEmbedded(), clock);
        return new CatalogDatabase(connectionString);
    }

    /// <summary>
    /// Runs statements in the shared transaction of the next commit. The work must not await anything else.
    /// It runs on the writer's thread; cancelling works only while it is queued.
    /// </summary>
    /// <exception cref="DbException">The statements failed; nothing of this work was kept.</exception>
    public async Task<T> WriteAsync<T>(Func<DbConnection, DbTransaction, T> work, CancellationToken cancellationToken = default)
    {
        var pending = new PendingWrite<T>(work, cancellationToken);
        await writer.EnqueueAsync(pending, cancellationToken);
        return await pending.Task;
    }

    /// <summary>Runs queries on a reader connection, all on one snapshot; sees every write that completed before.</summary>
    /// <exception cref="DbException">The queries failed.</exception>
    public Task<T> ReadAsync<T>(Func<DbConnection, T> work, CancellationToken cancellationToken = default) =>
        readers.ReadAsync(work, cancellationToken);

    /// <summary>Commits what is queued and closes the file.</summary>
    public void Dispose()
    {
        writer.Dispose();
        readers.Dispose();
    }
}

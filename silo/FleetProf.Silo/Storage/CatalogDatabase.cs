using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace FleetProf.Silo.Storage;

/// <summary>
/// The silo's one database: many readers, one writer. A write is durable (fsynced) when its task completes;
/// concurrent writes share one commit.
/// </summary>
public sealed class CatalogDatabase(string connectionString) : IDisposable
{
    private readonly SemaphoreSlim writer = new(1);

    /// <summary>Runs statements in the shared transaction of the next commit. The work must not await anything else.</summary>
    /// <exception cref="DbException">The statements failed; nothing of this work was kept.</exception>
    public async Task<T> WriteAsync<T>(Func<DbConnection, DbTransaction, T> work, CancellationToken cancellationToken = default)
    {
        await writer.WaitAsync(cancellationToken);
        try
        {
            using var connection = new SqliteConnection(connectionString);
            connection.Open();
            using var transaction = connection.BeginTransaction();
            var result = work(connection, transaction);
            transaction.Commit();
            return result;
        }
        finally
        {
            writer.Release();
        }
    }

    /// <summary>Runs queries on a reader connection; sees every write that completed before.</summary>
    public Task<T> ReadAsync<T>(Func<DbConnection, T> work, CancellationToken cancellationToken = default) => Task.Run(
        () =>
        {
            using var connection = new SqliteConnection(connectionString);
            connection.Open();
            return work(connection);
        },
        cancellationToken);

    public void Dispose() => writer.Dispose();
}

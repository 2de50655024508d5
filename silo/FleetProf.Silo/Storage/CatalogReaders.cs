using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace FleetProf.Silo.Storage;

/// <summary>A bounded pool of read-only connections. Queries run on pool threads, never on a grain's turn.</summary>
internal sealed class CatalogReaders(CatalogConnections connections) : IDisposable
{
    private readonly ConcurrentBag<SqliteConnection> idle = [];
    private readonly SemaphoreSlim places = new(Math.Max(4, Environment.ProcessorCount * 2));

    public async Task<T> ReadAsync<T>(Func<DbConnection, T> work, CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Read(work), cancellationToken);
        }
        finally
        {
            places.Release();
        }
    }

    private T Read<T>(Func<DbConnection, T> work)
    {
        var connection = idle.TryTake(out var pooled) ? pooled : connections.OpenReader();
        try
        {
            // A plain BEGIN gives all statements of the work one snapshot without asking callers to pass a transaction on.
            Execute(connection, "BEGIN");
            var result = work(connection);
            Execute(connection, "COMMIT");
            idle.Add(connection);
            return result;
        }
        catch (Exception exception)
        {
            // Its state is unknown: closing it ends the snapshot in any case.
            connection.Dispose();
            if (CatalogException.Explain(exception, connections.Path) is CatalogException explained && explained != exception)
            {
                throw explained;
            }

            throw;
        }
    }

    private static void Execute(SqliteConnection connection, string statement)
    {
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        while (idle.TryTake(out var connection))
        {
            connection.Dispose();
        }

        places.Dispose();
    }
}

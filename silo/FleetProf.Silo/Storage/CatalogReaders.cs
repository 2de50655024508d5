using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;

namespace FleetProf.Silo.Storage;

/// <summary>A bounded pool of read-only connections. Queries run on pool threads, never on a grain's turn.</summary>
internal sealed class CatalogReaders(CatalogEngine engine) : IDisposable
{
    private readonly ConcurrentBag<DbConnection> idle = [];
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
        while (true)
        {
            var isPooled = idle.TryTake(out var pooled);
            var connection = pooled ?? engine.OpenReader();
            try
            {
                var result = engine.ReadSnapshot(connection, work);
                idle.Add(connection);
                return result;
            }
            catch (Exception exception)
            {
                // After a restart of the server every pooled connection is a dead one, which says nothing about the server now.
                var wasDead = isPooled && connection.State != ConnectionState.Open;

                // Its state is unknown: closing it ends the snapshot in any case.
                connection.Dispose();
                if (wasDead)
                {
                    // Each of the others would be found out by a wait of its own, half a minute where a firewall has dropped them without a word.
                    DisposeIdle();
                    continue;
                }

                if (engine.Explain(exception) is CatalogException explained && explained != exception)
                {
                    throw explained;
                }

                throw;
            }
        }
    }

    public void Dispose()
    {
        DisposeIdle();
        places.Dispose();
    }

    private void DisposeIdle()
    {
        while (idle.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }
}

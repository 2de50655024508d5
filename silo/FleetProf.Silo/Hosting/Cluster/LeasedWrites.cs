using System.Data.Common;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Hosting.Cluster;

/// <summary>Writes that only the silo with the lease may make.</summary>
internal static class LeasedWrites
{
    /// <summary>Throws <see cref="LeaseLostException"/>, with nothing written, where another silo has taken it.</summary>
    /// <param name="database">Is written to.</param>
    /// <param name="lease">Null: no other silo shares the database.</param>
    /// <param name="work">The write.</param>
    /// <param name="cancellationToken">Ends the wait for its turn.</param>
    public static Task<T> WriteAsync<T>(this CatalogDatabase database, UpkeepLease? lease, Func<DbConnection, DbTransaction, T> work, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, transaction) =>
        {
            lease?.Require(connection, transaction);
            return work(connection, transaction);
        },
        cancellationToken);
}

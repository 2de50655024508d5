using System.Data.Common;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Access.Audit;

/// <summary>Writes that are what a caller asked for.</summary>
internal static class AuditedWrites
{
    /// <summary>As <see cref="CatalogDatabase.WriteAsync{T}"/>, with the audit row of the call, if any, in the same transaction: both are kept or neither.</summary>
    /// <param name="database">The catalog.</param>
    /// <param name="work">The statements.</param>
    /// <param name="isDone">Whether they changed what was asked for; if not, no row is added.</param>
    public static async Task<T> WriteAuditedAsync<T>(this CatalogDatabase database, Func<DbConnection, DbTransaction, T> work, Predicate<T> isDone)
    {
        if (PendingAudit.Current is not { } pending || !pending.TryTake())
        {
            return await database.WriteAsync(work);
        }

        var isAdded = false;
        try
        {
            return await database.WriteAsync((connection, transaction) =>
            {
                var result = work(connection, transaction);
                isAdded = isDone(result);
                if (isAdded)
                {
                    AuditTable.Append(connection, transaction, pending.Entry);
                }

                return result;
            });
        }
        catch
        {
            isAdded = false;
            throw;
        }
        finally
        {
            if (!isAdded)
            {
                pending.GiveBack();
            }
        }
    }
}

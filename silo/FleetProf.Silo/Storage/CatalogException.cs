using System.Data.Common;
using FleetProf.Contracts;

namespace FleetProf.Silo.Storage;

/// <summary>The database itself cannot do its work (full disk, I/O error, lock, damage, unreachable, wrong version); the message says the next step.</summary>
public sealed class CatalogException(string message, Exception? inner = null) : DbException(message, inner)
{
    /// <summary>The volume has no space left.</summary>
    public bool IsDiskFull { get; init; }

    /// <summary>The server does not answer; it may be back later.</summary>
    public bool IsUnreachable { get; init; }

    /// <summary>The one that is the cause of an exception; null where none is.</summary>
    public static CatalogException? In(Exception? exception) => exception is null or CatalogException ? exception as CatalogException : In(exception.InnerException);

    /// <summary>The same for whoever called a grain, perhaps in another process, which knows no exception of a silo's own: without its database a silo can do nothing for them.</summary>
    public Exception ForCallers() => CatalogOutage.Of(Message);
}

using System.Data.Common;

namespace FleetProf.Silo.Storage;

/// <summary>The database itself cannot do its work (full disk, I/O error, lock, damage, unreachable, wrong version); the message says the next step.</summary>
public sealed class CatalogException(string message, Exception? inner = null) : DbException(message, inner)
{
    /// <summary>The volume has no space left.</summary>
    public bool IsDiskFull { get; init; }

    /// <summary>The server does not answer; it may be back later.</summary>
    public bool IsUnreachable { get; init; }
}

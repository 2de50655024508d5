using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace FleetProf.Silo.Storage;

/// <summary>The database itself cannot do its work (full disk, I/O error, lock, damage, wrong version); the message says the next step.</summary>
public sealed class CatalogException(string message, Exception? inner = null) : DbException(message, inner)
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    /// <summary>The volume has no space left.</summary>
    public bool IsDiskFull => InnerException is SqliteException { SqliteErrorCode: Full };

    /// <summary>A <see cref="CatalogException"/> where the file or volume is at fault; the exception itself where the statement is.</summary>
    internal static Exception Explain(Exception exception, string path)
    {
        if (exception is not SqliteException sqlite)
        {
            return exception;
        }

        var problem = sqlite.SqliteErrorCode switch
        {
            Full => $"The volume of {path} is full, nothing was written. Free space there, or move FleetProf:Silo:DataFolder to a larger volume.",
            InputOutput => $"Reading or writing {path} failed. Check the volume (space, mount, disk errors), then restart the silo.",
            ReadOnly => $"{path} cannot be written. Give the silo's user write access to FleetProf:Silo:DataFolder.",
            CannotOpen => $"{path} cannot be opened. Check that FleetProf:Silo:DataFolder exists and that the silo's user may write there.",
            Busy or Locked => $"{path} is locked by another program. Close it (a database shell, a copy under way) and try again.",
            Corrupt or NotADatabase => $"{path} is damaged or no database. Restore it from a backup, or start with an empty FleetProf:Silo:DataFolder.",
            _ => null,
        };
        return problem is null ? exception : new CatalogException($"{problem} ({sqlite.Message})", sqlite);
    }
}

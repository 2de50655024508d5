using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace FleetProf.Silo.Storage.Sqlite;

/// <summary>A database file, opened with the settings that the catalog's promises rest on. In-memory databases cannot be shared by the connections.</summary>
internal sealed class SqliteEngine : CatalogEngine
{
    // WAL lets readers go on while the writer commits; FULL makes every commit wait for the fsync of the log.
    private const string WriterSettings =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-16384;";

    private const string ReaderSettings = "PRAGMA query_only=ON; PRAGMA cache_size=-4096;";

    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    private readonly string connectionString;

    public SqliteEngine(string path)
    {
        Name = path;

        // Pooling is ours; 5 s is how long a lock held by another program (a backup, a shell) is waited for.
        connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 5 }.ConnectionString;
    }

    public override string Name { get; }

    public override bool IsShared => false;

    public override WriterSession OpenSession() => new SqliteSession(Open(WriterSettings));

    public override DbConnection OpenReader() => Open(ReaderSettings);

    /// <summary>The silo's lock on the data folder keeps other migrators away.</summary>
    public override DbConnection OpenForMigration() => Open(WriterSettings);

    public override string Translate(string definition) => PartsFor("SQLite", definition);

    /// <summary>A plain BEGIN gives all statements one snapshot without asking callers to pass a transaction on.</summary>
    public override T ReadSnapshot<T>(DbConnection connection, Func<DbConnection, T> queries)
    {
        Execute(connection, "BEGIN");
        var result = queries(connection);
        Execute(connection, "COMMIT");
        return result;
    }

    /// <summary>One consistent state as one file, while a silo writes on.</summary>
    /// <param name="path">Must not exist.</param>
    /// <exception cref="CatalogException">The catalog cannot be read, or the copy not be written.</exception>
    public void BackUp(string path)
    {
        try
        {
            using var source = Open(ReaderSettings);
            using var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
            target.Open();
            source.BackupDatabase(target);

            // A copy has no log beside it.
            Execute(target, "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL;");
        }
        catch (SqliteException exception)
        {
            throw ExplainBackUp(exception, path);
        }
    }

    /// <summary>As <see cref="Explain"/>, where only the copy is written: it is often on another volume than the catalog.</summary>
    internal Exception ExplainBackUp(SqliteException exception, string path)
    {
        var problem = exception.SqliteErrorCode switch
        {
            Full => $"The volume of {path} is full, the copy was not finished. Free space there, or name a folder on a larger volume.",
            InputOutput => $"Reading {Name} or writing {path} failed. Check the volumes of both (space, mount, disk errors), then try again.",
            _ => null,
        };
        return problem is null ? Explain(exception) : new CatalogException($"{problem} ({exception.Message})", exception) { IsDiskFull = exception.SqliteErrorCode == Full };
    }

    public override Exception Explain(Exception exception)
    {
        if (exception is not SqliteException sqlite)
        {
            return exception;
        }

        var problem = sqlite.SqliteErrorCode switch
        {
            Full => $"The volume of {Name} is full, nothing was written. Free space there, or move FleetProf:Silo:DataFolder to a larger volume.",
            InputOutput => $"Reading or writing {Name} failed. Check the volume (space, mount, disk errors), then restart the silo.",
            ReadOnly => $"{Name} cannot be written. Give the silo's user write access to FleetProf:Silo:DataFolder.",
            CannotOpen => $"{Name} cannot be opened. Check that FleetProf:Silo:DataFolder exists and that the silo's user may write there.",
            Busy or Locked => $"{Name} is locked by another program. Close it (a database shell, a copy under way) and try again.",
            Corrupt or NotADatabase => $"{Name} is damaged or no database. Restore it from a backup, or start with an empty FleetProf:Silo:DataFolder.",
            _ => null,
        };
        return problem is null ? exception : new CatalogException($"{problem} ({sqlite.Message})", sqlite) { IsDiskFull = sqlite.SqliteErrorCode == Full };
    }

    private SqliteConnection Open(string settings)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            Execute(connection, settings);
            return connection;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw Explain(exception);
        }
    }

    private static void Execute(DbConnection connection, string statements)
    {
        using var command = connection.CreateCommand();
        command.CommandText = statements;
        command.ExecuteNonQuery();
    }
}

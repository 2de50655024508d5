using Microsoft.Data.Sqlite;

namespace FleetProf.Silo.Storage;

/// <summary>Opens connections to the catalog with the settings that its promises rest on.</summary>
internal sealed class CatalogConnections
{
    // WAL lets readers go on while the writer commits; FULL makes every commit wait for the fsync of the log.
    private const string WriterSettings =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-16384;";

    private const string ReaderSettings = "PRAGMA query_only=ON; PRAGMA cache_size=-4096;";

    private readonly string connectionString;

    public CatalogConnections(string connectionString)
    {
        // Pooling is ours; 5 s is how long a lock held by another program (a backup, a shell) is waited for.
        var builder = new SqliteConnectionStringBuilder(connectionString) { Pooling = false, DefaultTimeout = 5 };
        Path = builder.DataSource;
        this.connectionString = builder.ConnectionString;
    }

    public string Path { get; }

    public SqliteConnection OpenWriter() => Open(WriterSettings);

    public SqliteConnection OpenReader() => Open(ReaderSettings);

    private SqliteConnection Open(string settings)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = settings;
            command.ExecuteNonQuery();
            return connection;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw CatalogException.Explain(exception, Path);
        }
    }
}

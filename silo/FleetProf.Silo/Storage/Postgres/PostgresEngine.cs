using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Dapper;
using Npgsql;

namespace FleetProf.Silo.Storage.Postgres;

/// <summary>A database of a PostgreSQL server. Silos that share it write one after the other, by a lock that each transaction takes first.</summary>
internal sealed partial class PostgresEngine : CatalogEngine
{
    // The first halves of advisory locks; the second is the schema, so that two schemas of one database may serve two silos.
    private const string TakeTurn = "SELECT pg_advisory_xact_lock(1179406419, hashtext(current_schema()))";
    private const string LockForMigration = "SELECT pg_advisory_lock(1179406413, hashtext(current_schema()))";

    // Whoever holds that of a turn and is in no transaction holds it for as long as it runs. What another user's sessions do may be hidden: they count as writing.
    private const string IsTurnKept = """
        SELECT EXISTS (
            SELECT 1 FROM pg_locks AS held JOIN pg_stat_activity AS holder ON holder.pid = held.pid
            WHERE held.locktype = 'advisory' AND held.granted AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND held.classid = 1179406419 AND held.objid = hashtext(current_schema())::oid AND held.objsubid = 2 AND holder.state = 'idle')
        """;

    // A connection of a silo that was just killed lives on for a moment; a migration of a large table may take its time.
    private const int SiloLockSeconds = 5;
    private const int MigrationLockSeconds = 60;

    // Firewalls and load balancers drop without a word what was idle for minutes, and nothing of which they hear so often. What is lost all the same is
    // found out within a minute; by the kernel's own settings it takes two hours.
    private const int KeepAliveSeconds = 15;
    private const int KeepAliveIntervalSeconds = 5;

    private const string WaitForReaders = "SET LOCAL lock_timeout = '10s'";

    // A silo whose host is gone, or that hangs, must not keep the others from writing: the server ends its transaction.
    private const string EndDeadTransactions = "SET idle_in_transaction_session_timeout = '20s'; SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3";

    // Somebody may have turned it off for all of the server; what stronger there is stays.
    private const string DurableCommits = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

    private static readonly NpgsqlConnectionStringBuilder Untouched = new();

    private readonly string writerConnection;
    private readonly string readerConnection;

    public PostgresEngine(string connectionString)
    {
        var builder = SettingsOf(connectionString);
        Name = $"PostgreSQL database {builder.Database ?? builder.Username} on {builder.Host}:{builder.Port}";
        writerConnection = builder.ConnectionString;
        builder.Options = $"{builder.Options} -c default_transaction_read_only=on".TrimStart();
        readerConnection = builder.ConnectionString;
    }

    public override string Name { get; }

    public override bool IsShared => true;

    /// <summary>What a silo connects with: what its connection string says, and where that says nothing, what suits it.</summary>
    internal static NpgsqlConnectionStringBuilder SettingsOf(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            // Pooling is ours.
            Pooling = false,
            Enlist = false,
            PersistSecurityInfo = false,
            TcpKeepAlive = true,
        };
        builder.ApplicationName ??= "FleetProf silo";
        builder.Timeout = builder.Timeout == Untouched.Timeout ? 5 : builder.Timeout;
        builder.MaxAutoPrepare = builder.MaxAutoPrepare == Untouched.MaxAutoPrepare ? 200 : builder.MaxAutoPrepare;
        builder.AutoPrepareMinUsages = builder.AutoPrepareMinUsages == Untouched.AutoPrepareMinUsages ? 2 : builder.AutoPrepareMinUsages;

        // A Unix socket is not of TCP and takes neither: connecting would fail.
        if (builder.TcpKeepAliveTime == Untouched.TcpKeepAliveTime && builder.Host?.Split(',', StringSplitOptions.TrimEntries).Any(DatabaseOption.IsUnixSocket) == false)
        {
            builder.TcpKeepAliveTime = KeepAliveSeconds;
            builder.TcpKeepAliveInterval = builder.TcpKeepAliveInterval == Untouched.TcpKeepAliveInterval ? KeepAliveIntervalSeconds : builder.TcpKeepAliveInterval;
        }

        return builder;
    }

    public override WriterSession OpenSession()
    {
        var connection = Open(writerConnection);
        try
        {
            connection.Execute(DurableCommits);
            connection.Execute(EndDeadTransactions);

            // Earlier versions hold it for as long as they run. Without a transaction it is given back with the statement.
            Lock(connection, SiloLockSeconds, TakeTurn, waited => ExplainTurn(connection, waited));
            return new PostgresSession(connection, TakeTurn);
        }
        catch (DbException exception)
        {
            connection.Dispose();
            throw Explain(exception);
        }
    }

    public override DbConnection OpenReader() => Open(readerConnection);

    public override DbConnection OpenForMigration()
    {
        var connection = Open(writerConnection);
        try
        {
            if (connection.PostgresParameters.GetValueOrDefault("server_encoding") is { } encoding and not "UTF8")
            {
                throw new CatalogException($"{Name} has the encoding {encoding}, which cannot hold every name. Create it anew with ENCODING 'UTF8'.");
            }

            Lock(connection, MigrationLockSeconds, LockForMigration, waited => new CatalogException($"Another process has been changing the tables of {Name} for a minute. Wait for it, or end it.", waited));
            return connection;
        }
        catch (DbException exception)
        {
            connection.Dispose();
            throw Explain(exception);
        }
    }

    public override void HoldWriters(DbConnection connection, DbTransaction transaction)
    {
        connection.Execute(TakeTurn, transaction: transaction, commandTimeout: MigrationLockSeconds);

        // Who reads a table for long, as a backup does, keeps it from being changed; and whoever waits to change it keeps all others from reading.
        connection.Execute(WaitForReaders, transaction: transaction);
    }

    public override T ReadSnapshot<T>(DbConnection connection, Func<DbConnection, T> queries)
    {
        using var transaction = connection.BeginTransaction(IsolationLevel.RepeatableRead);
        var result = queries(connection);
        transaction.Commit();
        return result;
    }

    /// <summary>Texts are compared byte by byte as SQLite does it, whatever language the database was created for: ids are sorted by the silo too.</summary>
    public override string Translate(string definition) => Text().Replace(Blob().Replace(PartsFor("PostgreSQL", definition), "BYTEA"), "TEXT COLLATE \"C\"");

    public override Exception Explain(Exception exception) => PostgresProblem.Explain(exception, Name);

    private NpgsqlConnection Open(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch (Exception exception)
        {
            connection.Dispose();
            throw Explain(exception);
        }
    }

    /// <summary>A silo that writes, or changes tables, for long ends some time: until then it is as if the server did not answer.</summary>
    private CatalogException ExplainTurn(NpgsqlConnection connection, PostgresException waited) => connection.ExecuteScalar<bool>(IsTurnKept, commandTimeout: SiloLockSeconds)
        ? new CatalogException($"A silo of an earlier version, which shares with nobody, uses {Name}. Stop it before this one starts.", waited)
        : new CatalogException(
            string.Create(CultureInfo.InvariantCulture, $"Another silo has been writing to {Name}, or changing its tables, for {SiloLockSeconds} seconds. Wait for it, or end it if it hangs."), waited)
        {
            IsUnreachable = true,
        };

    private static void Lock(NpgsqlConnection connection, int seconds, string statement, Func<PostgresException, CatalogException> problem)
    {
        try
        {
            connection.Execute("SELECT set_config('lock_timeout', @wait, false)", new { wait = string.Create(CultureInfo.InvariantCulture, $"{seconds}s") });
            connection.Execute(statement, commandTimeout: seconds + 10);
            connection.Execute("SET lock_timeout = 0");
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw problem(exception);
        }
    }

    [GeneratedRegex(@"\bBLOB\b")]
    private static partial Regex Blob();

    [GeneratedRegex(@"\bTEXT\b")]
    private static partial Regex Text();
}

using System.Globalization;
using Dapper;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Tests.Storage;
using FleetProf.TestKit.Processes;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgresDatabases))]

namespace FleetProf.Silo.Tests.Storage;

/// <summary>One server for all tests of this process, started by the first that needs it, and databases of single tests on it.</summary>
public sealed class PostgresDatabases : IAsyncDisposable
{
    private const string Template = "migrated";

    private static readonly Lazy<Task<PostgresServer>> Shared = new(StartAsync);
    private static int count;

    /// <summary>Connection string of a new database with the tables of this version, or of an empty one.</summary>
    public static async Task<string> CreateAsync(bool isMigrated = true)
    {
        var server = await Shared.Value;
        var name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref count)}");
        await RunAsync(server, $"CREATE DATABASE {name}{(isMigrated ? $" TEMPLATE {Template}" : "")}");
        return ConnectionString(server, name);
    }

    /// <summary>Connection string of a role that owns the database from now on, as a silo's does, and may nothing besides.</summary>
    public static async Task<string> GiveToRoleAsync(string connectionString)
    {
        var server = await Shared.Value;
        var role = $"silo_of_{NameOf(connectionString)}";
        await RunAsync(server, $"CREATE ROLE {role} LOGIN PASSWORD '{PostgresServer.Password}'");
        await RunAsync(server, $"ALTER DATABASE {NameOf(connectionString)} OWNER TO {role}");
        return new NpgsqlConnectionStringBuilder(connectionString) { Username = role }.ConnectionString;
    }

    /// <summary>What an operator gets who backs a database up and restores it elsewhere.</summary>
    public static async Task<string> CopyByBackupAsync(string connectionString)
    {
        var copy = await CreateAsync(isMigrated: false);
        await (await Shared.Value).CopyByBackupAsync(NameOf(connectionString), NameOf(copy));
        return copy;
    }

    public static async Task DropAsync(string connectionString) =>
        await RunAsync(await Shared.Value, $"DROP DATABASE {NameOf(connectionString)} WITH (FORCE)");

    public async ValueTask DisposeAsync()
    {
        if (Shared.IsValueCreated)
        {
            await (await Shared.Value).DisposeAsync();
        }
    }

    private static string NameOf(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Database!;

    private static async Task<PostgresServer> StartAsync()
    {
        var server = await PostgresServer.StartNewAsync();
        await RunAsync(server, $"CREATE DATABASE {Template}");
        CatalogDatabase.OpenPostgres(ConnectionString(server, Template), TimeProvider.System).Dispose();
        return server;
    }

    /// <summary>With more than the five seconds that silos wait for a connection: the machine may be busy.</summary>
    private static string ConnectionString(PostgresServer server, string database) => $"{server.ConnectionString(database)};Timeout=60";

    /// <summary>The server waits five seconds until nobody is in a database any more, which on a busy machine may be too short for those who leave.</summary>
    private static async Task RunAsync(PostgresServer server, string statement)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await using var connection = new NpgsqlConnection($"{ConnectionString(server, "postgres")};Command Timeout=120;Pooling=false");
                await connection.ExecuteAsync(statement);
                return;
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.ObjectInUse && tries < 10)
            {
                // Once more.
            }
        }
    }
}

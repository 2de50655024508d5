using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace FleetProf.Silo.Storage;

/// <summary>Brings a database to this version's schema, one transaction per step; touches nothing when it does not fit.</summary>
internal static class CatalogMigrator
{
    private const string CreateJournal = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            number BIGINT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            applied_at BIGINT NOT NULL)
        """;

    /// <exception cref="CatalogException">The database is newer, was made by changed steps, or a step failed.</exception>
    public static void Apply(CatalogConnections connections, IReadOnlyList<Migration> migrations, TimeProvider clock)
    {
        RefuseDuplicates(migrations);
        using var connection = connections.OpenWriter();
        try
        {
            connection.Execute(CreateJournal);
            var applied = connection.Query<(long Number, string Name, string Sha256)>("SELECT number, name, sha256 FROM schema_migrations").ToDictionary(row => row.Number);
            foreach (var row in applied.Values)
            {
                Check(row, migrations, connections.Path);
            }

            foreach (var migration in migrations.Where(migration => !applied.ContainsKey(migration.Number)))
            {
                ApplyOne(connection, migration, clock);
            }
        }
        catch (SqliteException exception)
        {
            throw CatalogException.Explain(exception, connections.Path);
        }
    }

    private static void RefuseDuplicates(IReadOnlyList<Migration> migrations)
    {
        var twice = migrations.GroupBy(migration => migration.Number).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw new CatalogException($"Two migrations have one number: {string.Join(" and ", twice.Select(migration => migration.Name))}. Renumber one of them.");
        }
    }

    private static void Check((long Number, string Name, string Sha256) row, IReadOnlyList<Migration> migrations, string path)
    {
        var known = migrations.FirstOrDefault(migration => migration.Number == row.Number)
            ?? throw new CatalogException(string.Create(
                CultureInfo.InvariantCulture,
                $"{path} was written by a newer FleetProf: it has migration {row.Name}, this version ends at {migrations.Max(migration => migration.Number):d4}. Start the newer version, or restore the backup made before the update."));
        if (known.Sha256 != row.Sha256)
        {
            throw new CatalogException(
                $"Migration {known.Name} was changed after it had been applied to {path}. Use a build with the original file; changes belong into a new migration.");
        }
    }

    private static void ApplyOne(SqliteConnection connection, Migration migration, TimeProvider clock)
    {
        try
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            connection.Execute(migration.Sql, transaction: transaction);
            connection.Execute(
                "INSERT INTO schema_migrations (number, name, sha256, applied_at) VALUES (@Number, @Name, @Sha256, @AppliedAt)",
                new { migration.Number, migration.Name, migration.Sha256, AppliedAt = clock.GetUtcNow().ToUnixTimeMilliseconds() },
                transaction);
            transaction.Commit();
        }
        catch (SqliteException exception) when (CatalogException.Explain(exception, connection.DataSource) == exception)
        {
            throw new CatalogException($"Migration {migration.Name} failed, the database is as before it: {exception.Message}", exception);
        }
    }
}

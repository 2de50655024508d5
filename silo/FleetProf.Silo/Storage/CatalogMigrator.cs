using System.Data.Common;
using System.Globalization;
using Dapper;

namespace FleetProf.Silo.Storage;

/// <summary>Brings a database to this version's schema, one transaction per step; touches nothing when it does not fit.</summary>
internal static class CatalogMigrator
{
    private const int MostUnknown = 1;

    /// <summary>Of one step: it may go through a large table.</summary>
    private const int StepSeconds = 3_600;

    private const string CreateJournal = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            number BIGINT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            applied_at BIGINT NOT NULL)
        """;

    /// <summary>Returns the names of the steps that were applied now.</summary>
    /// <exception cref="CatalogException">The database is newer by more than one step, was made by changed steps, or a step failed.</exception>
    public static IReadOnlyList<string> Apply(CatalogEngine engine, IReadOnlyList<Migration> migrations, TimeProvider clock)
    {
        RefuseDuplicates(migrations);
        using var connection = engine.OpenForMigration();
        try
        {
            connection.Execute(engine.Translate(CreateJournal));
            var applied = connection.Query<(long Number, string Name, string Sha256)>("SELECT number, name, sha256 FROM schema_migrations").ToDictionary(row => row.Number);
            RefuseNewer(applied.Values.Select(row => (row.Number, row.Name)), migrations, engine.Name);
            foreach (var row in applied.Values)
            {
                Check(row, migrations, engine.Name);
            }

            var missing = migrations.Where(migration => !applied.ContainsKey(migration.Number)).ToList();
            missing.ForEach(migration => ApplyOne(engine, connection, migration, clock));
            return [.. missing.Select(migration => migration.Name)];
        }
        catch (DbException exception) when (engine.Explain(exception) is CatalogException explained && explained != exception)
        {
            throw explained;
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

    /// <summary>One step more than is known here is a silo of the next version at work: its tables still serve this one. Two are too many.</summary>
    private static void RefuseNewer(IEnumerable<(long Number, string Name)> applied, IReadOnlyList<Migration> migrations, string database)
    {
        var unknown = applied.Where(row => migrations.All(migration => migration.Number != row.Number)).OrderBy(row => row.Number).ToList();
        if (unknown.Count > MostUnknown)
        {
            throw new CatalogException(string.Create(
                CultureInfo.InvariantCulture,
                $"{database} was written by a newer FleetProf: it has migration {unknown[^1].Name}, this version ends at {migrations.Max(migration => migration.Number):d4} and serves beside one step more. Start the newer version, or restore the backup made before the update."));
        }
    }

    private static void Check((long Number, string Name, string Sha256) row, IReadOnlyList<Migration> migrations, string database)
    {
        if (migrations.FirstOrDefault(migration => migration.Number == row.Number) is { } known && known.Sha256 != row.Sha256)
        {
            throw new CatalogException(
                $"Migration {known.Name} was changed after it had been applied to {database}. Use a build with the original file; changes belong into a new migration.");
        }
    }

    private static void ApplyOne(CatalogEngine engine, DbConnection connection, Migration migration, TimeProvider clock)
    {
        try
        {
            using var transaction = connection.BeginTransaction();
            engine.HoldWriters(connection, transaction);
            connection.Execute(engine.Translate(migration.Sql), transaction: transaction, commandTimeout: StepSeconds);
            connection.Execute(
                "INSERT INTO schema_migrations (number, name, sha256, applied_at) VALUES (@Number, @Name, @Sha256, @AppliedAt)",
                new { migration.Number, migration.Name, migration.Sha256, AppliedAt = clock.GetUtcNow().ToUnixTimeMilliseconds() },
                transaction);
            transaction.Commit();
        }
        catch (DbException exception) when (engine.Explain(exception) == exception)
        {
            throw new CatalogException($"Migration {migration.Name} failed, the database is as before it: {exception.Message}", exception);
        }
    }
}

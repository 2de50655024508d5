using System.Text.RegularExpressions;
using Dapper;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Storage.Postgres;
using FleetProf.Silo.Storage.Sqlite;
using FleetProf.TestKit.Goldens;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Storage;

public abstract partial class CatalogMigratorTests : IDisposable
{
    private static readonly Migration First = new(1, "0001-first", "CREATE TABLE first (id BIGINT)");
    private static readonly Migration Second = new(2, "0002-second", "CREATE TABLE second (id BIGINT)");

    private readonly TemporaryFolder folder = new();
    private readonly string? postgres;

    protected CatalogMigratorTests(CatalogKind kind)
    {
        postgres = kind == CatalogKind.Postgres ? Task.Run(() => PostgresDatabases.CreateAsync(isMigrated: false)).GetAwaiter().GetResult() : null;
        Engine = postgres is null ? new SqliteEngine(folder["catalog.db"]) : new PostgresEngine(postgres);
    }

    private protected CatalogEngine Engine { get; }

    [Fact]
    public void Apply_AgainAndWithMore_AppliesEachOnce()
    {
        Apply(First);
        Apply(First, Second);
        Apply(First, Second);

        Assert.Equal(["first", "schema_migrations", "second"], Tables());
    }

    [Fact]
    public void Apply_LineEndsDiffer_IsTheSameMigration()
    {
        Apply(First with { Sql = "CREATE TABLE\nfirst (id BIGINT)" });
        Apply(new Migration(1, "0001-first", "CREATE TABLE\r\nfirst (id BIGINT)"));
    }

    [Fact]
    public void Apply_AppliedOneWasChanged_RefusesAndNamesIt()
    {
        Apply(First);

        var exception = Assert.Throws<CatalogException>(() => Apply(new Migration(1, "0001-first", "CREATE TABLE other (id BIGINT)"), Second));

        Assert.Contains("0001-first was changed", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("second", Tables());
    }

    [Fact]
    public void Apply_DatabaseIsNewer_RefusesAndSaysWhatToDo()
    {
        Apply(First, Second, new Migration(3, "0003-third", "CREATE TABLE third (id BIGINT)"));

        var exception = Assert.Throws<CatalogException>(() => Apply(First));

        Assert.Contains("newer FleetProf", exception.Message, StringComparison.Ordinal);
        Assert.Contains("0003-third", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_DatabaseIsNewerByOneStep_ServesBesideIt()
    {
        Apply(First, Second);

        Apply(First);

        Assert.Contains("second", Tables());
    }

    [Fact]
    public void Apply_OneFails_KeepsEarlierOnesAndNothingOfIt()
    {
        var broken = new Migration(2, "0002-broken", "CREATE TABLE half (id BIGINT); CREATE TABEL oops (id BIGINT)");

        var exception = Assert.Throws<CatalogException>(() => Apply(First, broken));

        Assert.Contains("0002-broken", exception.Message, StringComparison.Ordinal);
        Assert.Equal(["first", "schema_migrations"], Tables());
        Apply(First, Second);
    }

    [Fact]
    public void Apply_PartsForOneDatabase_AreAppliedThereAlone()
    {
        Apply(First with { Sql = $"{First.Sql};\n-- Only SQLite:\nCREATE TABLE lite (id BIGINT);\n\n-- Only PostgreSQL:\nCREATE TABLE post (id BIGINT);\n" });

        Assert.Equal(["first", Engine is SqliteEngine ? "lite" : "post", "schema_migrations"], Tables());
    }

    [Fact]
    public void Apply_TwoWithOneNumber_Refuses() =>
        Assert.Contains("0001-first and 0001-b", Assert.Throws<CatalogException>(() => Apply(First, new Migration(1, "0001-b", "SELECT 1"))).Message, StringComparison.Ordinal);

    [Fact]
    public void LoadEmbedded_All_AreNumberedWithoutDuplicates()
    {
        var migrations = Migration.LoadEmbedded();

        Assert.Contains(migrations, migration => migration.Name == "0001-grain-storage");
        Assert.Equal(migrations.Count, migrations.Select(migration => migration.Number).Distinct().Count());
    }

    /// <summary>A silo refuses to start where a step that it has applied is another by now, be it by a comment. Only the step that is not released yet may change here.</summary>
    [Fact]
    public void LoadEmbedded_All_AreAsTheyWereReleased() =>
        Golden.Verify(string.Join('\n', Migration.LoadEmbedded().Select(migration => $"{migration.Name} {migration.Sha256}")), "migrations.txt");

    /// <summary>A silo of the version before reads and writes beside a step: it may only add what that one need not know of.</summary>
    [Fact]
    public void LoadEmbedded_EachStep_LetsTheVersionBeforeGoOn()
    {
        foreach (var migration in Migration.LoadEmbedded())
        {
            var made = new HashSet<string>(StringComparer.Ordinal);
            foreach (var statement in Bodies().Replace(Comments().Replace(migration.Sql, ""), "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (NewTable().Match(statement) is { Success: true } table) made.Add(table.Groups[1].Value);
                var isNew = UniqueIndex().Match(statement) is { Success: true } unique ? made.Contains(unique.Groups[1].Value) : Addition().IsMatch(statement) || AuditGuard().IsMatch(statement);
                Assert.True(isNew, $"{migration.Name}: {statement}");
            }
        }
    }

    [GeneratedRegex("--.*")]
    private static partial Regex Comments();

    /// <summary>Of triggers and functions: they hold semicolons too.</summary>
    [GeneratedRegex(@"\bBEGIN\b.*?\bEND\b", RegexOptions.Singleline)]
    private static partial Regex Bodies();

    /// <summary>It refuses what no version does.</summary>
    [GeneratedRegex(@"^CREATE (TRIGGER audit_only_grows\w* BEFORE (UPDATE|DELETE|INSERT) (OR DELETE OR TRUNCATE )?ON audit\b|FUNCTION audit_only_grows\(\))")]
    private static partial Regex AuditGuard();

    [GeneratedRegex(@"^CREATE TABLE (\w+)")]
    private static partial Regex NewTable();

    [GeneratedRegex(@"^CREATE UNIQUE INDEX \w+ ON (\w+)")]
    private static partial Regex UniqueIndex();

    [GeneratedRegex(@"^CREATE (TABLE|INDEX) |^INSERT INTO |^ALTER TABLE \w+ ADD COLUMN \w+ [\w ]+?( NOT NULL DEFAULT \S+)?$(?<!NOT NULL)")]
    private static partial Regex Addition();

    public void Dispose()
    {
        folder.Dispose();
        if (postgres is not null)
        {
            Task.Run(() => PostgresDatabases.DropAsync(postgres)).GetAwaiter().GetResult();
        }
    }

    private protected void Apply(params Migration[] migrations) => CatalogMigrator.Apply(Engine, migrations, new FakeTimeProvider());

    private protected List<string> Tables()
    {
        using var connection = Engine.OpenReader();
        return connection.Query<string>(Engine is SqliteEngine
            ? "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            : "SELECT CAST(tablename AS TEXT) COLLATE \"C\" FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").AsList();
    }
}

public sealed class CatalogMigratorOnSqliteTests() : CatalogMigratorTests(CatalogKind.Sqlite);

[Trait("Ring", "process")]
public sealed class CatalogMigratorOnPostgresTests() : CatalogMigratorTests(CatalogKind.Postgres)
{
    [Fact]
    public async Task Apply_SeveralAtOnce_AppliesEachOnce()
    {
        Migration[] migrations = [.. Enumerable.Range(1, 9).Select(number => new Migration(number, $"000{number}-step", $"CREATE TABLE step{number} (id BIGINT)"))];

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Apply(migrations))));

        Assert.Equal(["schema_migrations", .. migrations.Select(migration => $"step{migration.Number}")], Tables());
    }

    [Fact]
    public void Translate_EveryMigration_LeavesNoTypeThatPostgresDoesNotHave() => Assert.All(
        Migration.LoadEmbedded(), migration => Assert.DoesNotMatch(@"\bBLOB\b|\bTEXT (?!COLLATE)", Engine.Translate(migration.Sql)));
}

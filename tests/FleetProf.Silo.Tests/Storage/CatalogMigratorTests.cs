using FleetProf.Silo.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Storage;

public sealed class CatalogMigratorTests : IDisposable
{
    private static readonly Migration First = new(1, "0001-first", "CREATE TABLE first (id BIGINT)");
    private static readonly Migration Second = new(2, "0002-second", "CREATE TABLE second (id BIGINT)");

    private readonly TemporaryFolder folder = new();
    private readonly CatalogConnections connections;

    public CatalogMigratorTests() => connections = new CatalogConnections($"Data Source={folder["catalog.db"]}");

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
        Apply(First, Second);

        var exception = Assert.Throws<CatalogException>(() => Apply(First));

        Assert.Contains("newer FleetProf", exception.Message, StringComparison.Ordinal);
        Assert.Contains("0002-second", exception.Message, StringComparison.Ordinal);
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
    public void Apply_TwoWithOneNumber_Refuses() =>
        Assert.Contains("0001-first and 0001-b", Assert.Throws<CatalogException>(() => Apply(First, new Migration(1, "0001-b", "SELECT 1"))).Message, StringComparison.Ordinal);

    [Fact]
    public void LoadEmbedded_All_AreNumberedWithoutDuplicates()
    {
        var migrations = Migration.LoadEmbedded();

        Assert.Contains(migrations, migration => migration.Name == "0001-grain-storage");
        Assert.Equal(migrations.Count, migrations.Select(migration => migration.Number).Distinct().Count());
    }

    public void Dispose() => folder.Dispose();

    private void Apply(params Migration[] migrations) => CatalogMigrator.Apply(connections, migrations, new FakeTimeProvider());

    private List<string> Tables()
    {
        using var connection = connections.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}

using FleetProf.Silo.Storage;
using FleetProf.Silo.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace FleetProf.Silo.Tests.Storage.Sqlite;

public sealed class SqliteEngineTests
{
    private const string Copy = "/backups/1/catalog.db";

    private readonly SqliteEngine engine = new("/data/catalog.db");

    [Fact]
    public void BackUp_TargetIsFull_NamesItAndNotTheCatalog()
    {
        var told = Assert.IsType<CatalogException>(engine.ExplainBackUp(new SqliteException("database or disk is full", 13), Copy));

        Assert.True(told.IsDiskFull);
        Assert.Contains($"The volume of {Copy} is full", told.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/data/", told.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("DataFolder", told.Message, StringComparison.Ordinal);
    }

    /// <summary>SQLite does not tell which of the two it was.</summary>
    [Fact]
    public void BackUp_ReadingOrWritingFails_NamesBoth()
    {
        var told = Assert.IsType<CatalogException>(engine.ExplainBackUp(new SqliteException("disk I/O error", 10), Copy));

        Assert.Contains($"Reading /data/catalog.db or writing {Copy} failed", told.Message, StringComparison.Ordinal);
    }
}

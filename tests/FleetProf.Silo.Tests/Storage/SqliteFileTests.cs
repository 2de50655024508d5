using Dapper;
using FleetProf.Silo.Storage;
using Microsoft.Data.Sqlite;

namespace FleetProf.Silo.Tests.Storage;

/// <summary>What only a database in a file can meet.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly TemporaryCatalog catalog = new(kind: CatalogKind.Sqlite);

    public SqliteFileTests() => WriteAsync("CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY, text TEXT)").GetAwaiter().GetResult();

    private CatalogDatabase Database => catalog.Database;

    [Fact]
    public async Task Write_DiskFull_FailsWithNextStepAndRecoversWhenThereIsSpace()
    {
        await Database.WriteAsync((connection, transaction) => connection.ExecuteScalar<long>("PRAGMA max_page_count = 30", transaction: transaction));

        var blob = new byte[4_000_000];
        var full = await Assert.ThrowsAsync<CatalogException>(() => Database.WriteAsync((connection, transaction) =>
            connection.Execute("INSERT INTO notes (id, text) VALUES (1, @blob)", new { blob }, transaction)));

        Assert.True(full.IsDiskFull);
        Assert.Contains("Free space", full.Message, StringComparison.Ordinal);
        await WriteAsync("INSERT INTO notes (id) VALUES (2)");
        Assert.Equal([2], await IdsAsync());
    }

    [Fact]
    public async Task Write_LockedByAnotherProgram_WaitsForItOrSaysSo()
    {
        using var other = new SqliteConnection($"Data Source={Path.Combine(catalog.Folder, "catalog.db")};Pooling=false");
        await other.OpenAsync();
        await ExecuteAsync(other, "BEGIN IMMEDIATE");
        var blocked = WriteAsync("INSERT INTO notes (id) VALUES (3)");
        await ExecuteAsync(other, "COMMIT");

        await blocked;
        Assert.Equal([3], await IdsAsync());
    }

    /// <summary>A killed process loses nothing even without fsync, so no kill test can show that this is on.</summary>
    [Fact]
    public async Task Writer_Settings_FlushEveryCommit()
    {
        var settings = await Database.WriteAsync((connection, transaction) => (
            connection.ExecuteScalar<string>("PRAGMA journal_mode", transaction: transaction),
            connection.ExecuteScalar<long>("PRAGMA synchronous", transaction: transaction)));

        Assert.Equal(("wal", 2), settings);
    }

    [Fact]
    public void Open_NoDatabaseFile_SaysSo()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["catalog.db"], new string('x', 10_000));

        var exception = Assert.Throws<CatalogException>(() => CatalogDatabase.Open(folder["catalog.db"], TimeProvider.System));
        Assert.Contains("Restore it from a backup", exception.Message, StringComparison.Ordinal);
    }

    public void Dispose() => catalog.Dispose();

    private Task<int> WriteAsync(string sql) => Database.WriteAsync((connection, transaction) => connection.Execute(sql, transaction: transaction));

    private Task<List<int>> IdsAsync() => Database.ReadAsync(connection => connection.Query<int>("SELECT id FROM notes ORDER BY id").AsList());

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}

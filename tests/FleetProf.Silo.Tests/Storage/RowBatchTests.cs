using Dapper;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Tests.Storage;

/// <summary>Statements that are kept between works of the writer.</summary>
public abstract class RowBatchTests : IDisposable
{
    private const string Insert = "INSERT INTO notes (id, text) VALUES (@id, @text)";

    private readonly TemporaryCatalog catalog;

    protected RowBatchTests(CatalogKind kind)
    {
        catalog = new TemporaryCatalog(kind: kind);
        catalog.Database.WriteAsync((connection, transaction) => connection.Execute("CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY, text TEXT)", transaction: transaction)).GetAwaiter().GetResult();
    }

    public void Dispose() => catalog.Dispose();

    [Fact]
    public async Task Add_SameStatementAgain_LeavesNothingOfTheRowsBefore()
    {
        await WriteAsync([new { id = 1L, text = (string?)"first" }]);
        await WriteAsync([new { id = 2L, text = (string?)null }]);

        Assert.Equal([(1L, "first"), (2L, (string?)null)], await RowsAsync());
    }

    [Fact]
    public async Task Add_SameStatementWithItsValuesInAnotherOrder_GoesByTheirNames()
    {
        await WriteAsync([new { id = 1L, text = "first" }]);
        await WriteAsync([new { text = "second", id = 2L }]);

        Assert.Equal([(1, "first"), (2, "second")], await RowsAsync());
    }

    [Fact]
    public async Task Add_AfterARowThatFailed_Works()
    {
        await WriteAsync([new { id = 1L, text = "first" }]);
        await Assert.ThrowsAnyAsync<Exception>(() => WriteAsync([new { id = 1L, text = "again" }]));
        await WriteAsync([new { id = 2L, text = "second" }, new { id = 3L, text = "third" }]);

        Assert.Equal([(1, "first"), (2, "second"), (3, "third")], await RowsAsync());
    }

    [Fact]
    public async Task Add_WithinTheRowsOfTheSameStatement_IsACommandOfItsOwn()
    {
        static IEnumerable<object> Rows(Action<long> alsoWrite)
        {
            yield return new { id = 1L, text = "outer" };
            alsoWrite(2);
            yield return new { id = 3L, text = "outer" };
        }

        await catalog.Database.WriteAsync((connection, transaction) =>
            connection.ExecuteEach(Insert, Rows(id => connection.ExecuteEach(Insert, [new { id, text = "inner" }], transaction)), transaction));

        Assert.Equal([(1, "outer"), (2, "inner"), (3, "outer")], await RowsAsync());
    }

    private Task<int> WriteAsync(IReadOnlyList<object> rows) => catalog.Database.WriteAsync((connection, transaction) => connection.ExecuteEach(Insert, rows, transaction));

    private Task<List<(long, string?)>> RowsAsync() => catalog.Database.ReadAsync(connection => connection.Query<(long, string?)>("SELECT id, text FROM notes ORDER BY id").AsList());
}

public sealed class RowBatchOnSqliteTests() : RowBatchTests(CatalogKind.Sqlite);

[Trait("Ring", "process")]
public sealed class RowBatchOnPostgresTests() : RowBatchTests(CatalogKind.Postgres);

using System.Data.Common;
using Dapper;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Tests.Storage;

public abstract class CatalogDatabaseTests : IDisposable
{
    private readonly TemporaryCatalog catalog;

    protected CatalogDatabaseTests(CatalogKind kind)
    {
        catalog = new TemporaryCatalog(kind: kind);
        WriteAsync("CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY, text TEXT)").GetAwaiter().GetResult();
    }

    private CatalogDatabase Database => catalog.Database;

    [Fact]
    public async Task Write_ConcurrentWithFailures_KeepsExactlyTheAcknowledgedOnes()
    {
        // Every seventh work writes and then fails: what it wrote must go, what its neighbours in the batch wrote must stay.
        var writes = Enumerable.Range(0, 400).Select(async i =>
        {
            try
            {
                await Database.WriteAsync((connection, transaction) =>
                {
                    connection.Execute("INSERT INTO notes (id) VALUES (@i)", new { i }, transaction);
                    return i % 7 == 0 ? throw new InvalidOperationException("injected") : i;
                });
                return i;
            }
            catch (InvalidOperationException)
            {
                return -1;
            }
        });

        var acknowledged = (await Task.WhenAll(writes)).Where(i => i >= 0).Order().ToList();

        Assert.Equal(Enumerable.Range(0, 400).Where(i => i % 7 != 0), acknowledged);
        Assert.Equal(acknowledged, await IdsAsync());
    }

    [Fact]
    public async Task Write_ConstraintViolated_FailsAloneWithDbException()
    {
        var first = WriteAsync("INSERT INTO notes (id) VALUES (1)");
        var twice = WriteAsync("INSERT INTO notes (id) VALUES (1)");
        var other = WriteAsync("INSERT INTO notes (id) VALUES (2)");

        await Assert.ThrowsAnyAsync<DbException>(() => twice);
        await Task.WhenAll(first, other);
        Assert.Equal([1, 2], await IdsAsync());
    }

    /// <summary>More works than one savepoint holds inside of another, and failures among the first and the last of them.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(100)]
    public async Task Write_OneOfABatchFails_TakesNothingElseWithIt(int failing)
    {
        using var gate = new ManualResetEventSlim();
        var first = Database.WriteAsync((_, _) => gate.Wait(TimeSpan.FromSeconds(10)));
        var writes = Enumerable.Range(1, 100).Select(i => WriteAsync(i == failing
            ? $"INSERT INTO notes (id) VALUES ({i}); INSERT INTO notes (id) VALUES ({i})"
            : $"INSERT INTO notes (id) VALUES ({i})")).ToList();
        gate.Set();

        await Assert.ThrowsAnyAsync<DbException>(() => writes[failing - 1]);
        await first;
        await Task.WhenAll(writes.Where((_, i) => i != failing - 1));
        Assert.Equal(Enumerable.Range(1, 100).Where(i => i != failing), await IdsAsync());
    }

    /// <summary>A work that hides a failed statement must not be acknowledged where that statement has undone it.</summary>
    [Fact]
    public async Task Write_HidingAFailedStatement_IsKeptOrFails()
    {
        var hiding = Database.WriteAsync((connection, transaction) =>
        {
            connection.Execute("INSERT INTO notes (id) VALUES (1)", transaction: transaction);
            try
            {
                connection.Execute("INSERT INTO nowhere VALUES (1)", transaction: transaction);
            }
            catch (DbException)
            {
                // On purpose.
            }

            return true;
        });

        await hiding.ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Equal(hiding.IsCompletedSuccessfully ? [1] : [], await IdsAsync());
        await WriteAsync("INSERT INTO notes (id) VALUES (2)");
        Assert.Contains(2, await IdsAsync());
    }

    [Fact]
    public async Task Write_MultipleStatementsSecondFails_KeepsNothingOfIt()
    {
        await Assert.ThrowsAnyAsync<DbException>(() => WriteAsync("INSERT INTO notes (id) VALUES (5); INSERT INTO nowhere VALUES (1)"));

        Assert.Empty(await IdsAsync());
    }

    [Fact]
    public async Task Write_CancelledWhileQueued_NeverRuns()
    {
        using var gate = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        var holding = Database.WriteAsync((_, _) => gate.Wait(TimeSpan.FromSeconds(60)));
        var cancelled = Database.WriteAsync((connection, transaction) => connection.Execute("INSERT INTO notes (id) VALUES (9)", transaction: transaction), cancellation.Token);
        await cancellation.CancelAsync();
        gate.Set();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await holding;
        Assert.Empty(await IdsAsync());
    }

    [Fact]
    public async Task Read_AfterWriteCompleted_SeesItOnOneSnapshot()
    {
        await WriteAsync("INSERT INTO notes (id) VALUES (1)");
        using var entered = new SemaphoreSlim(0);
        using var go = new ManualResetEventSlim();
        var reading = Database.ReadAsync(connection =>
        {
            var before = connection.ExecuteScalar<long>("SELECT COUNT(*) FROM notes");
            entered.Release();
            go.Wait(TimeSpan.FromSeconds(10));
            return (Before: before, After: connection.ExecuteScalar<long>("SELECT COUNT(*) FROM notes"));
        });
        await entered.WaitAsync();
        await WriteAsync("INSERT INTO notes (id) VALUES (2)");
        go.Set();

        Assert.Equal((1, 1), await reading);
        Assert.Equal([1, 2], await IdsAsync());
    }

    [Fact]
    public async Task Read_TryingToWrite_IsRefused() => await Assert.ThrowsAnyAsync<DbException>(
        () => Database.ReadAsync(connection => connection.Execute("INSERT INTO notes (id) VALUES (1)")));

    [Fact]
    public async Task Reopen_AfterDispose_HasEverything()
    {
        var writes = Enumerable.Range(0, 50).Select(i => WriteAsync($"INSERT INTO notes (id) VALUES ({i})")).ToList();
        catalog.Reopen();

        await Task.WhenAll(writes);
        Assert.Equal(50, (await IdsAsync()).Count);
    }

    /// <summary>Kills hardly ever hit the moment between answer and commit; a commit that fails shows any answer given before it.</summary>
    [Fact]
    public async Task Write_CommitFails_AcknowledgesNothingOfTheBatchAndGoesOn()
    {
        await WriteAsync("CREATE TABLE parents (id BIGINT PRIMARY KEY); CREATE TABLE children (parent BIGINT REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)");
        using var gate = new ManualResetEventSlim();
        _ = Database.WriteAsync((_, _) => gate.Wait(TimeSpan.FromSeconds(10)));
        var orphan = WriteAsync("INSERT INTO children (parent) VALUES (1)");
        var neighbours = Enumerable.Range(0, 20).Select(i => WriteAsync($"INSERT INTO notes (id) VALUES ({i})")).ToList();
        gate.Set();

        await Assert.ThrowsAnyAsync<DbException>(() => orphan);
        await Task.WhenAll(neighbours).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Equal(neighbours.Count(write => write.IsCompletedSuccessfully), (await IdsAsync()).Count);
        await WriteAsync("INSERT INTO notes (id) VALUES (100)");
        Assert.Contains(100, await IdsAsync());
    }

    public void Dispose() => catalog.Dispose();

    private Task<int> WriteAsync(string sql) => Database.WriteAsync((connection, transaction) => connection.Execute(sql, transaction: transaction));

    private Task<List<int>> IdsAsync() => Database.ReadAsync(connection => connection.Query<int>("SELECT id FROM notes ORDER BY id").AsList());
}

public sealed class CatalogDatabaseOnSqliteTests() : CatalogDatabaseTests(CatalogKind.Sqlite);

[Trait("Ring", "process")]
public sealed class CatalogDatabaseOnPostgresTests() : CatalogDatabaseTests(CatalogKind.Postgres);

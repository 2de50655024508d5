using System.Data.Common;
using Dapper;
using FleetProf.Silo.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Storage;

public abstract class GatheredWritesTests : IDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly TemporaryCatalog catalog;
    private readonly ManualResetEventSlim gate = new();
    private readonly RestingTime time = new();
    private readonly List<int> works = [];

    protected GatheredWritesTests(CatalogKind kind)
    {
        catalog = new TemporaryCatalog(kind: kind);
        Database.WriteAsync((connection, transaction) => connection.Execute("CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY)", transaction: transaction)).GetAwaiter().GetResult();
    }

    private CatalogDatabase Database => catalog.Database;

    [Fact]
    public async Task Write_WhileTheWriterIsBusy_IsOneWorkForAllThatWait()
    {
        var busy = BlockAsync();
        var writes = Gathered(1_000);
        var answers = Enumerable.Range(1, 100).Select(i => writes.WriteAsync(i, CancellationToken.None)).ToList();
        gate.Set();
        await busy;

        Assert.Equal(Enumerable.Range(1, 100).Select(i => i * 2), await Task.WhenAll(answers));
        Assert.Equal([100], works);
        Assert.Equal(Enumerable.Range(1, 100), await IdsAsync());
    }

    [Fact]
    public async Task Write_MoreThanOneWorkHolds_TakesSeveral()
    {
        var busy = BlockAsync();
        var writes = Gathered(30);
        var answers = Enumerable.Range(1, 100).Select(i => writes.WriteAsync(i, CancellationToken.None)).ToList();
        gate.Set();
        await busy;
        // Full works follow each other at once; the last is not full.
        await Task.WhenAll(answers.Take(90));
        await time.Rests.WaitAsync(TestContext.Current.CancellationToken);
        time.Advance(Rest);

        Assert.Equal(Enumerable.Range(1, 100).Select(i => i * 2), await Task.WhenAll(answers));
        Assert.Equal([30, 30, 30, 10], works);
        Assert.Equal(Enumerable.Range(1, 100), await IdsAsync());
    }

    [Fact]
    public async Task Write_OneFails_TakesNoOtherWithIt()
    {
        var busy = BlockAsync();
        var writes = Gathered(1_000);
        var answers = Enumerable.Range(1, 20).Append(7).Select(i => writes.WriteAsync(i, CancellationToken.None)).ToList();
        gate.Set();
        await busy;

        await Assert.ThrowsAnyAsync<DbException>(() => answers[^1]);
        Assert.Equal(Enumerable.Range(1, 20).Select(i => i * 2), await Task.WhenAll(answers.Take(20)));
        Assert.Equal(Enumerable.Range(1, 20), await IdsAsync());
    }

    [Fact]
    public async Task Write_CancelledWhileItWaits_IsNotWritten()
    {
        var busy = BlockAsync();
        var writes = Gathered(1_000);
        using var cancelling = new CancellationTokenSource();
        var cancelled = writes.WriteAsync(1, cancelling.Token);
        var other = writes.WriteAsync(2, CancellationToken.None);
        await cancelling.CancelAsync();
        gate.Set();
        await busy;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(4, await other);
        Assert.Equal([2], await IdsAsync());
    }

    [Fact]
    public async Task Write_AfterAWorkOfOne_DoesNotWait()
    {
        var writes = Gathered(1_000);

        Assert.Equal(2, await writes.WriteAsync(1, CancellationToken.None));
        Assert.Equal(4, await writes.WriteAsync(2, CancellationToken.None));
        Assert.Equal([1, 1], works);
    }

    [Fact]
    public async Task Write_AfterAWorkOfSeveral_RestsWhileOthersCome()
    {
        var writes = Gathered(1_000);
        var first = await RestingWriteAsync(writes);
        var second = writes.WriteAsync(4, CancellationToken.None);
        time.Advance(Rest - TimeSpan.FromMilliseconds(1));
        Assert.Equal([2], works);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(14, (await Task.WhenAll(first(), second)).Sum());
        Assert.Equal([2, 2], works);
    }

    [Fact]
    public async Task Write_AsManyAsAWorkTakesWhileItRests_EndTheRest()
    {
        var writes = Gathered(2);
        var first = await RestingWriteAsync(writes);

        Assert.Equal(14, (await Task.WhenAll(first(), writes.WriteAsync(4, CancellationToken.None))).Sum());
    }

    public void Dispose()
    {
        gate.Dispose();
        time.Dispose();
        catalog.Dispose();
    }

    private GatheredWrites<int, int> Gathered(int most) => new(
        Database,
        (connection, transaction, items) =>
        {
            works.Add(items.Count);
            foreach (var item in items)
            {
                connection.Execute("INSERT INTO notes (id) VALUES (@item)", new { item }, transaction);
            }

            return [.. items.Select(item => item * 2)];
        },
        most,
        Rest,
        time);

    /// <summary>A third write, which rests after a work of two. Wrapped, so that waiting for the rest is not waiting for the write.</summary>
    private async Task<Func<Task<int>>> RestingWriteAsync(GatheredWrites<int, int> writes)
    {
        var busy = BlockAsync();
        var several = Task.WhenAll(writes.WriteAsync(1, CancellationToken.None), writes.WriteAsync(2, CancellationToken.None));
        gate.Set();
        await busy;
        await several;
        var resting = writes.WriteAsync(3, CancellationToken.None);
        await time.Rests.WaitAsync(TestContext.Current.CancellationToken);
        return () => resting;
    }

    private Task<bool> BlockAsync() => Database.WriteAsync((_, _) => gate.Wait(TimeSpan.FromSeconds(60)));

    private Task<IEnumerable<int>> IdsAsync() => Database.ReadAsync(connection => connection.Query<int>("SELECT id FROM notes ORDER BY id"));

    /// <summary>Tells of each rest that has begun.</summary>
    private sealed class RestingTime : FakeTimeProvider, IDisposable
    {
        public SemaphoreSlim Rests { get; } = new(0);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Rests.Release();
            return timer;
        }

        public void Dispose() => Rests.Dispose();
    }
}

public sealed class GatheredWritesOnSqliteTests() : GatheredWritesTests(CatalogKind.Sqlite);

[Trait("Ring", "process")]
public sealed class GatheredWritesOnPostgresTests() : GatheredWritesTests(CatalogKind.Postgres);

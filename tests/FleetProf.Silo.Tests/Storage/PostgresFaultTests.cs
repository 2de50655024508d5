using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Storage;
using FleetProf.TestKit.Processes;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace FleetProf.Silo.Tests.Storage;

/// <summary>What happens to a server, done to one that the test has for itself; and to a database and its connections, done on the server of all tests.</summary>
[Trait("Ring", "process")]
public sealed class PostgresFaultTests : IAsyncDisposable
{
    private PostgresServer? own;
    private string? shared;
    private CatalogDatabase database = null!;
    private string address = "";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ServerGone_BetweenWorks_FailsClearlyAndRecoversByItselfWithTheFirstCall(bool isKilled)
    {
        var server = await OpenOwnAsync();
        var health = new CatalogHealthCheck(database, TimeProvider.System);
        await WriteAsync("INSERT INTO notes VALUES (1)");
        Assert.Equal([1], await IdsAsync());
        await (isKilled ? server.KillAsync() : server.StopAsync());

        var write = await Assert.ThrowsAsync<CatalogException>(() => WriteAsync("INSERT INTO notes VALUES (2)"));
        var read = await Assert.ThrowsAsync<CatalogException>(IdsAsync);
        Assert.All([write, read], exception => Assert.Contains($"PostgreSQL database postgres on 127.0.0.1:{server.Port} does not answer. Start the server", exception.Message, StringComparison.Ordinal));
        Assert.True(write.IsUnreachable);
        var sick = await health.CheckHealthAsync(new HealthCheckContext());
        Assert.Equal(HealthStatus.Unhealthy, sick.Status);
        Assert.Contains("does not answer", sick.Description, StringComparison.Ordinal);
        await server.StartAsync();

        Assert.Equal([1], await IdsAsync());
        await WriteAsync("INSERT INTO notes VALUES (3)");
        Assert.Equal([1, 3], await IdsAsync());
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(new HealthCheckContext())).Status);
    }

    [Fact]
    public async Task ServerRestarted_BetweenWorks_IsNoticedByNobody()
    {
        var server = await OpenOwnAsync();
        await WriteAsync("INSERT INTO notes VALUES (1)");
        await IdsAsync();
        await server.StopAsync();
        await server.StartAsync();

        await WriteAsync("INSERT INTO notes VALUES (2)");
        Assert.Equal([1, 2], await IdsAsync());
    }

    /// <summary>Several rounds, for the moment of the kill is another one each time.</summary>
    [Fact]
    public async Task ServerKilled_WhileWriting_LosesNothingAcknowledgedAndAnswersEveryCaller()
    {
        var server = await OpenOwnAsync();
        var acknowledged = new ConcurrentBag<int>();
        var (next, failed) = (0, 0);
        for (var round = 0; round < 3; round++)
        {
            using var enough = new SemaphoreSlim(0);
            var writers = Enumerable.Range(0, 32).Select(_ => Task.Run(async () =>
            {
                while (true)
                {
                    var id = Interlocked.Increment(ref next);
                    try
                    {
                        await WriteAsync($"INSERT INTO notes VALUES ({id})");
                        acknowledged.Add(id);
                        enough.Release();
                    }
                    catch (CatalogException)
                    {
                        Interlocked.Increment(ref failed);
                        return;
                    }
                }
            })).ToList();
            for (var i = 0; i < 200; i++)
            {
                await enough.WaitAsync();
            }

            await server.KillAsync();
            await Task.WhenAll(writers);
            await server.StartAsync();
        }

        var stored = (await IdsAsync()).ToHashSet();
        Assert.All(acknowledged, id => Assert.Contains(id, stored));
        Assert.Equal(96, failed);
    }

    /// <summary>The commit itself ends the connection: a trigger that runs inside of it has the server do so.</summary>
    [Fact]
    public async Task ConnectionLost_DuringACommit_FailsAllOfTheBatchAsUnknownAndCanBeRepeated()
    {
        await OpenSharedAsync();
        await WriteAsync(
            """
            CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
            CREATE TABLE hung (id BIGINT);
            CREATE CONSTRAINT TRIGGER hang_up AFTER INSERT ON hung DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hang_up()
            """);
        using var gate = new ManualResetEventSlim();
        var first = database.WriteAsync((_, _) => gate.Wait(TimeSpan.FromSeconds(60)));
        var hung = WriteAsync("INSERT INTO hung VALUES (1)");
        var neighbour = WriteAsync("INSERT INTO notes VALUES (1)");
        gate.Set();

        foreach (var write in new Task[] { hung, neighbour })
        {
            var exception = await Assert.ThrowsAsync<CatalogException>(() => write);
            Assert.Contains("not known whether", exception.Message, StringComparison.Ordinal);
            Assert.Contains("Repeating them is safe", exception.Message, StringComparison.Ordinal);
        }

        await first.ContinueWith(_ => { }, TaskScheduler.Default);
        await WriteAsync("INSERT INTO notes VALUES (1) ON CONFLICT (id) DO NOTHING");
        Assert.Equal([1], await IdsAsync());
    }

    /// <summary>An administrator may end a single connection.</summary>
    [Fact]
    public async Task ConnectionLost_WithinAWork_FailsItAndTheNextOneGoesOn()
    {
        await OpenSharedAsync();
        await Assert.ThrowsAnyAsync<DbException>(() => WriteAsync("SELECT pg_terminate_backend(pg_backend_pid())"));

        await WriteAsync("INSERT INTO notes VALUES (1)");
        Assert.Equal([1], await IdsAsync());
    }

    [Fact]
    public async Task Writer_Settings_FlushEveryCommitEvenWhereTheServerDoesNot()
    {
        await OpenSharedAsync();
        await WriteAsync($"ALTER ROLE fleetprof IN DATABASE {new NpgsqlConnectionStringBuilder(address).Database} SET synchronous_commit = off");
        database.Dispose();
        database = CatalogDatabase.OpenPostgres(address, TimeProvider.System);

        Assert.Equal("on", await database.WriteAsync((connection, transaction) => connection.ExecuteScalar<string>("SHOW synchronous_commit", transaction: transaction)));
    }

    /// <summary>Each work reads, then writes what it read and one more: without turns, one silo would overwrite what the other has just written.</summary>
    [Fact]
    public async Task TwoSilos_ReadThenWrite_LoseNothingOfEachOther()
    {
        await OpenSharedAsync();
        using var second = CatalogDatabase.OpenPostgres(address, TimeProvider.System);
        await WriteAsync("CREATE TABLE counters (value BIGINT); INSERT INTO counters VALUES (0)");

        await Task.WhenAll(Enumerable.Range(0, 400).Select(i => (i % 2 == 0 ? database : second).WriteAsync((connection, transaction) =>
        {
            var value = connection.ExecuteScalar<long>("SELECT value FROM counters", transaction: transaction);
            return connection.Execute("UPDATE counters SET value = @next", new { next = value + 1 }, transaction);
        })));

        Assert.Equal(400, await second.ReadAsync(connection => connection.ExecuteScalar<long>("SELECT value FROM counters")));
    }

    /// <summary>The server ends the transaction of a silo that hangs in the middle of one, so that the others go on.</summary>
    [Fact]
    public async Task TwoSilos_OneHangsInATransaction_TheOtherWritesAfterAWhile()
    {
        await OpenSharedAsync();
        using var second = CatalogDatabase.OpenPostgres(address, TimeProvider.System);
        using var gate = new ManualResetEventSlim();
        var began = new TaskCompletionSource();
        var hung = database.WriteAsync((connection, transaction) =>
        {
            connection.Execute("INSERT INTO notes VALUES (1)", transaction: transaction);
            began.SetResult();
            gate.Wait();
            return connection.Execute("INSERT INTO notes VALUES (2)", transaction: transaction);
        });
        await began.Task;

        await second.WriteAsync((connection, transaction) => connection.Execute("INSERT INTO notes VALUES (3)", transaction: transaction));
        gate.Set();

        await Assert.ThrowsAnyAsync<Exception>(() => hung);
        Assert.Equal([3], await IdsAsync());
    }

    /// <summary>It held the lock for as long as it ran.</summary>
    [Fact]
    public async Task Open_BesideASiloOfAnEarlierVersion_IsRefusedUntilThatHasGone()
    {
        await OpenSharedAsync();
        database.Dispose();
        await using (var earlier = new NpgsqlConnection(address + ";Pooling=false"))
        {
            await earlier.OpenAsync();
            await earlier.ExecuteAsync("SELECT pg_advisory_lock(1179406419, hashtext(current_schema()))");
            Assert.Contains("earlier version", Assert.Throws<CatalogException>(() => CatalogDatabase.OpenPostgres(address, TimeProvider.System)).Message, StringComparison.Ordinal);
        }

        database = CatalogDatabase.OpenPostgres(address, TimeProvider.System);
    }

    /// <summary>As one does with a migration of a large table: agents wait for it as for a server that is away.</summary>
    [Fact]
    public async Task Open_WhileAnotherSiloWritesForLong_IsAnOutageAndNoEarlierVersion()
    {
        await OpenSharedAsync();
        database.Dispose();
        await using (var other = new NpgsqlConnection(address + ";Pooling=false"))
        {
            await other.OpenAsync();
            await using var writing = await other.BeginTransactionAsync();
            await other.ExecuteAsync("SELECT pg_advisory_xact_lock(1179406419, hashtext(current_schema()))", transaction: writing);

            var told = Assert.Throws<CatalogException>(() => CatalogDatabase.OpenPostgres(address, TimeProvider.System));

            Assert.True(told.IsUnreachable);
            Assert.Contains("Another silo has been writing", told.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("earlier version", told.Message, StringComparison.Ordinal);
        }

        database = CatalogDatabase.OpenPostgres(address, TimeProvider.System);
    }

    [Fact]
    public async Task Open_WrongPassword_SaysSoAndPrintsNeitherPassword()
    {
        await OpenSharedAsync();
        var exception = Assert.Throws<CatalogException>(() => CatalogDatabase.OpenPostgres(address.Replace(PostgresServer.Password, "wr0ng-one", StringComparison.Ordinal), TimeProvider.System));

        Assert.Contains("Check Username and Password", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng-one", exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Password, exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_WithoutPassword_SaysWhatIsMissing()
    {
        await OpenSharedAsync();
        var exception = Assert.Throws<CatalogException>(() => CatalogDatabase.OpenPostgres(new NpgsqlConnectionStringBuilder(address) { Password = null }.ConnectionString, TimeProvider.System));

        Assert.Contains("another way to log in", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_NoSuchDatabase_SaysSo()
    {
        await OpenSharedAsync();
        var exception = Assert.Throws<CatalogException>(() => CatalogDatabase.OpenPostgres(new NpgsqlConnectionStringBuilder(address) { Database = "nowhere" }.ConnectionString, TimeProvider.System));

        Assert.Contains("PostgreSQL database nowhere on 127.0.0.1", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_ServerIsDown_SaysSo()
    {
        var server = await OpenOwnAsync();
        await server.KillAsync();

        Assert.True(Assert.Throws<CatalogException>(() => CatalogDatabase.OpenPostgres(address, TimeProvider.System)).IsUnreachable);
    }

    public async ValueTask DisposeAsync()
    {
        database?.Dispose();
        if (own is not null)
        {
            await own.DisposeAsync();
        }

        if (shared is not null)
        {
            await PostgresDatabases.DropAsync(shared);
        }
    }

    /// <summary>With more than the five seconds that silos wait for a connection: the machine may be busy.</summary>
    private async Task<PostgresServer> OpenOwnAsync()
    {
        own = await PostgresServer.StartNewAsync();
        address = $"{own.ConnectionString("postgres")};Timeout=60";
        await OpenAsync();
        return own;
    }

    private async Task OpenSharedAsync()
    {
        shared = await PostgresDatabases.CreateAsync();
        address = shared;
        await OpenAsync();
    }

    private async Task OpenAsync()
    {
        database = CatalogDatabase.OpenPostgres(address, TimeProvider.System);
        await WriteAsync("CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY)");
    }

    private Task<int> WriteAsync(string sql) => database.WriteAsync((connection, transaction) => connection.Execute(sql, transaction: transaction));

    private Task<List<int>> IdsAsync() => database.ReadAsync(connection => connection.Query<int>("SELECT id FROM notes ORDER BY id").AsList());
}

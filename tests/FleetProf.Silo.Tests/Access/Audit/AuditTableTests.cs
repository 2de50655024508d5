using System.Data.Common;
using Dapper;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Tests.Storage;
using Npgsql;

namespace FleetProf.Silo.Tests.Access.Audit;

/// <summary>Rows are added, each tied to the one before; whoever wants to change them is refused, or found out.</summary>
/// <param name="kind">Of the catalog.</param>
/// <param name="dropGuards">How whoever owns the tables would begin an attack: the database refuses it until then.</param>
public abstract class AuditTableTests(CatalogKind kind, string dropGuards) : IDisposable
{
    private readonly TemporaryCatalog catalog = new(kind: kind);

    private AuditTable Table => new(catalog.Database);

    [Fact]
    public async Task Add_ManyAtOnce_MakesOneChain()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Table.AddAsync(Entry($"a{i}"))));

        var rows = await AllAsync();
        Assert.Equal(200, rows.Count);
        Assert.Null(FirstProblem(rows));
        Assert.Equal((rows[^1].Sequence, rows[^1].Hash), await HeadAsync());
    }

    [Theory]
    [InlineData("UPDATE audit SET actor = 'nobody' WHERE sequence = 5", "row 5 is not what was written")]
    [InlineData("UPDATE audit SET decision = 1 WHERE sequence = 7", "row 7 is not what was written")]
    [InlineData("UPDATE audit SET at = at + 1 WHERE sequence = 1", "row 1 is not what was written")]
    [InlineData("DELETE FROM audit WHERE sequence = 6", "row 6 is missing")]
    [InlineData("DELETE FROM audit WHERE sequence = 1", "row 1 is missing")]
    [InlineData("UPDATE audit SET sequence = CASE sequence WHEN 3 THEN -4 ELSE -3 END WHERE sequence IN (3, 4); UPDATE audit SET sequence = -sequence WHERE sequence < 0", "row 3 is not what was written")]
    [InlineData("UPDATE audit SET action = 'a', target = 'bc' WHERE sequence = 2", "row 2 is not what was written")]
    public async Task Chain_RowEditedDeletedOrSwapped_NamesTheFirstBrokenRow(string attack, string expected)
    {
        for (var i = 0; i < 10; i++)
        {
            await Table.AddAsync(Entry("ab", "c") with { Decision = AuditDecision.Denied });
        }

        await ExecuteAsync($"{dropGuards}; {attack}");

        Assert.StartsWith(expected, FirstProblem(await AllAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chain_LastRowsDeleted_EndsBeforeTheHead()
    {
        await Table.AddAsync(Entry("a"));
        await Table.AddAsync(Entry("b"));
        await ExecuteAsync($"{dropGuards}; DELETE FROM audit WHERE sequence = 2");

        Assert.Null(FirstProblem(await AllAsync()));
        Assert.Equal(2, (await HeadAsync()).Sequence);
    }

    [Theory]
    [InlineData("UPDATE audit SET actor = 'nobody'")]
    [InlineData("UPDATE audit SET reason = reason WHERE sequence = 1")]
    [InlineData("DELETE FROM audit")]
    [InlineData("DELETE FROM audit WHERE sequence = 1")]
    public Task Row_ChangedOrRemoved_IsRefusedByTheDatabase(string statement) => AssertRefusedAsync(statement);

    [Fact]
    public async Task Add_TextsThatDatabasesChange_StayWholeInTheChain()
    {
        await Table.AddAsync(Entry("nul\0 and half \ud83d of a pair", new string('x', 5_000)));

        var rows = await AllAsync();
        Assert.Null(FirstProblem(rows));
        Assert.True(rows[0].Target.Length <= 512);
    }

    [Fact]
    public async Task WriteAudited_WorkFails_KeepsNeitherWorkNorRow()
    {
        PendingAudit.Current = new(Entry("act"));
        await Assert.ThrowsAnyAsync<Exception>(() => catalog.Database.WriteAuditedAsync<int>((_, _) => throw new InvalidOperationException("no"), _ => true));
        Assert.Empty(await AllAsync());

        await catalog.Database.WriteAuditedAsync((_, _) => false, isDone => isDone);
        Assert.Empty(await AllAsync());

        await catalog.Database.WriteAuditedAsync((_, _) => true, isDone => isDone);
        await catalog.Database.WriteAuditedAsync((_, _) => true, isDone => isDone);
        Assert.Single(await AllAsync());
    }

    [Fact]
    public async Task List_Filters_PagesBothWays()
    {
        for (var i = 0; i < 30; i++)
        {
            await Table.AddAsync(Entry(i % 2 == 0 ? "campaign.create" : "campaign.stop") with { Actor = i % 3 == 0 ? "ann" : "ben", Decision = i == 9 ? AuditDecision.Denied : AuditDecision.Allowed });
        }

        var newest = await Table.ListAsync(new AuditQuery { Actor = "ann", Action = "campaign.", Limit = 4 });
        Assert.Equal([28, 25, 22, 19], newest.Select(row => row.Sequence));
        Assert.Equal([16, 13], (await Table.ListAsync(new AuditQuery { Actor = "ann", Cursor = 19, Limit = 2 })).Select(row => row.Sequence));
        Assert.Equal([10], (await Table.ListAsync(new AuditQuery { Decision = AuditDecision.Denied })).Select(row => row.Sequence));
        Assert.Equal([6, 8, 10], (await Table.ListAsync(new AuditQuery { Action = "!campaign.c", OldestFirst = true, Cursor = 5, Limit = 3 })).Select(row => row.Sequence));
        Assert.Equal([6, 8], (await Table.ListAsync(new AuditQuery { Action = "campaign.stop", OldestFirst = true, Cursor = 5, Limit = 2 })).Select(row => row.Sequence));
    }

    public void Dispose() => catalog.Dispose();

    /// <summary>It is refused in one sentence, and the log goes on as it was.</summary>
    protected async Task AssertRefusedAsync(string statement)
    {
        await Table.AddAsync(Entry("a"));

        var refusal = await Assert.ThrowsAnyAsync<DbException>(() => ExecuteAsync(statement));

        Assert.Contains("The audit log only grows: none of its rows is changed or removed.", refusal.Message, StringComparison.Ordinal);
        await Table.AddAsync(Entry("b"));
        var rows = await AllAsync();
        Assert.Equal(["a", "b"], rows.Select(row => row.Action));
        Assert.Null(FirstProblem(rows));
    }

    protected static AuditEntry Entry(string action, string target = "") =>
        new() { At = DateTimeOffset.UnixEpoch.AddDays(20_000), Actor = "ann", Action = action, Target = target, Decision = AuditDecision.Allowed };

    protected static string? FirstProblem(IReadOnlyList<AuditEntry> rows) =>
        rows.Select((row, i) => AuditChain.ProblemOf(i == 0 ? null : rows[i - 1], row)).FirstOrDefault(problem => problem is not null);

    private Task ExecuteAsync(string statements) => catalog.Database.WriteAsync((connection, transaction) => connection.Execute(statements, transaction: transaction));

    private Task<IReadOnlyList<AuditEntry>> AllAsync() => Table.ListAsync(new AuditQuery { OldestFirst = true, Limit = 1_000 });

    private async Task<(long Sequence, string Hash)> HeadAsync()
    {
        var head = await Table.HeadAsync();
        return (head.Sequence, head.Hash);
    }
}

public sealed class AuditTableOnSqliteTests()
    : AuditTableTests(CatalogKind.Sqlite, "DROP TRIGGER audit_only_grows_update; DROP TRIGGER audit_only_grows_delete; DROP TRIGGER audit_only_grows_replace")
{
    [Theory]
    [InlineData("INSERT OR REPLACE INTO audit SELECT * FROM audit")]
    [InlineData("REPLACE INTO audit SELECT * FROM audit")]
    public Task Row_Replaced_IsRefusedByTheDatabase(string statement) => AssertRefusedAsync(statement);
}

public sealed class AuditTableOnPostgresTests() : AuditTableTests(CatalogKind.Postgres, "DROP TRIGGER audit_only_grows ON audit")
{
    [Fact]
    public Task Table_Truncated_IsRefusedByTheDatabase() => AssertRefusedAsync("TRUNCATE audit");

    /// <summary>Both ways of docs/guides/people.md to take rights on the log from the silo's role, which owns the database and makes its tables.</summary>
    [Theory]
    [InlineData("REVOKE UPDATE, DELETE, TRUNCATE ON audit FROM {0}", "DELETE FROM audit")]
    [InlineData(
        "ALTER TABLE audit OWNER TO CURRENT_USER; GRANT SELECT, INSERT ON audit TO {0}; ALTER FUNCTION audit_only_grows() OWNER TO CURRENT_USER; "
        + "ALTER SCHEMA public OWNER TO CURRENT_USER; GRANT USAGE, CREATE ON SCHEMA public TO {0}",
        "DELETE FROM audit", "DROP TRIGGER audit_only_grows ON audit", "DROP FUNCTION audit_only_grows() CASCADE", "DROP TABLE audit",
        "CREATE OR REPLACE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$")]
    public async Task Silo_WhoseRoleMayOnlyReadAndAdd_StartsWritesAndReads(string statements, params string[] refused)
    {
        var database = await PostgresDatabases.CreateAsync(isMigrated: false);
        try
        {
            var silo = await PostgresDatabases.GiveToRoleAsync(database);
            CatalogDatabase.OpenPostgres(silo, TimeProvider.System).Dispose();
            await using (var administrator = new NpgsqlConnection($"{database};Pooling=false"))
            {
                await administrator.ExecuteAsync(statements.Replace("{0}", new NpgsqlConnectionStringBuilder(silo).Username, StringComparison.Ordinal));
            }

            using var catalog = CatalogDatabase.OpenPostgres(silo, TimeProvider.System);
            var table = new AuditTable(catalog);
            await table.AddAsync(Entry("a"));
            PendingAudit.Current = new(Entry("b"));
            await catalog.WriteAuditedAsync((_, _) => true, isDone => isDone);
            var rows = await table.ListAsync(new AuditQuery { OldestFirst = true });

            Assert.Equal(["a", "b"], rows.Select(row => row.Action));
            Assert.Null(FirstProblem(rows));
            Assert.Equal(2, (await table.HeadAsync()).Sequence);
            foreach (var statement in refused)
            {
                var refusal = await Assert.ThrowsAnyAsync<DbException>(() => catalog.WriteAsync((connection, transaction) => connection.Execute(statement, transaction: transaction)));
                Assert.True(refusal.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege }, $"{statement}: {refusal.Message}");
            }
        }
        finally
        {
            await PostgresDatabases.DropAsync(database);
        }
    }
}

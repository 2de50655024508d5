using Dapper;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Access.Audit;

public sealed class AuditTableTests : IDisposable
{
    private readonly TemporaryCatalog catalog = new();

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

        await catalog.Database.WriteAsync((connection, transaction) => connection.Execute(attack, transaction: transaction));

        Assert.StartsWith(expected, FirstProblem(await AllAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chain_LastRowsDeleted_EndsBeforeTheHead()
    {
        await Table.AddAsync(Entry("a"));
        await Table.AddAsync(Entry("b"));
        await catalog.Database.WriteAsync((connection, transaction) => connection.Execute("DELETE FROM audit WHERE sequence = 2", transaction: transaction));

        Assert.Null(FirstProblem(await AllAsync()));
        Assert.Equal(2, (await HeadAsync()).Sequence);
    }

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

    private static AuditEntry Entry(string action, string target = "") =>
        new() { At = DateTimeOffset.UnixEpoch.AddDays(20_000), Actor = "ann", Action = action, Target = target, Decision = AuditDecision.Allowed };

    private static string? FirstProblem(IReadOnlyList<AuditEntry> rows) =>
        rows.Select((row, i) => AuditChain.ProblemOf(i == 0 ? null : rows[i - 1], row)).FirstOrDefault(problem => problem is not null);

    private Task<IReadOnlyList<AuditEntry>> AllAsync() => Table.ListAsync(new AuditQuery { OldestFirst = true, Limit = 1_000 });

    private async Task<(long Sequence, string Hash)> HeadAsync()
    {
        var head = await Table.HeadAsync();
        return (head.Sequence, head.Hash);
    }
}

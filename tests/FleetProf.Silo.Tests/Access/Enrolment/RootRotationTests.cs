using Dapper;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Tests.Access.Certificates;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Access.Enrolment;

/// <summary>Steps of a change of the root, as the audit log has them. What the gate would write at the end is the row of the call.</summary>
public sealed class RootRotationTests : IDisposable
{
    private readonly AuthorityRig rig = new();
    private readonly TemporaryCatalog catalog = new();

    private AuditTable Audit => new(catalog.Database);

    [Fact]
    public async Task Step_RowCannotBeWritten_ChangesNoKey()
    {
        var before = Files();
        await catalog.Database.WriteAsync((connection, transaction) => connection.Execute("DELETE FROM audit_head", transaction: transaction));

        await Assert.ThrowsAnyAsync<Exception>(() => StepAsync());

        Assert.Equal(before, Files());
        Assert.Null(rig.Authority.Keys.NextRoot);
    }

    [Fact]
    public async Task Step_EachOfThree_NamesItselfAndItsRootBeforeAndAfter()
    {
        var old = HashOfRoot();
        var first = await StepAsync();
        var made = AuthorityKeys.HashOf(rig.Authority.Keys.NextRoot!);
        rig.Clock.Advance(rig.Authority.Spread);
        var second = await StepAsync();
        rig.Clock.Advance(rig.Authority.Spread);
        var third = await StepAsync();

        Assert.Equal([(made, AuditDecision.Allowed), (made, AuditDecision.Allowed), (old, AuditDecision.Allowed)], new[] { first, second, third }.Select(row => (row.Target, row.Decision)));
        Assert.StartsWith("Step 1 of 3: Made the new root", first.Reason, StringComparison.Ordinal);
        Assert.StartsWith("Step 2 of 3: Signing with the new root", second.Reason, StringComparison.Ordinal);
        Assert.StartsWith("Step 3 of 3: 1 old root(s) are not trusted any more.", third.Reason, StringComparison.Ordinal);
        Assert.Equal(made, HashOfRoot());
        Assert.Equal(
            [
                (old, "Step 1 of 3 begins: to make another root beside this one."), (made, $"Step 2 of 3 begins: to sign with this root instead of {old}."),
                (old, $"Step 3 of 3 begins: to trust {made} alone."),
            ],
            (await RowsAsync()).Select(row => (row.Target, row.Reason)));
    }

    [Fact]
    public async Task Step_TooEarly_HasFailedWithTheReason()
    {
        await StepAsync();

        var row = await StepAsync();

        Assert.Equal((AuditDecision.Failed, AuthorityKeys.HashOf(rig.Authority.Keys.NextRoot!)), (row.Decision, row.Target));
        Assert.StartsWith("Step 2 of 3: Too early: not every agent knows the new root yet.", row.Reason, StringComparison.Ordinal);
        Assert.Equal(2, (await RowsAsync()).Count);
    }

    public void Dispose()
    {
        rig.Dispose();
        catalog.Dispose();
    }

    /// <summary>The row of the call when it is over.</summary>
    private async Task<AuditEntry> StepAsync()
    {
        var pending = new PendingAudit(new AuditEntry { At = rig.Clock.GetUtcNow(), Actor = "ann", Action = "authority.rotate", Decision = AuditDecision.Allowed });
        PendingAudit.Current = pending;
        await new RootRotation(rig.Authority, Audit).StepAsync();
        return pending.Entry;
    }

    private string HashOfRoot() => AuthorityKeys.HashOf(rig.Authority.Keys.Root);

    /// <summary>All that were written by themselves, oldest first.</summary>
    private Task<IReadOnlyList<AuditEntry>> RowsAsync() => Audit.ListAsync(new AuditQuery { OldestFirst = true });

    private string[] Files() => [.. Directory.GetFiles(rig.Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}

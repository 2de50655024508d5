using FleetProf.Contracts.Access;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Captures.Retention;

/// <summary>Retention over real tables and files.</summary>
public abstract class CaptureRetentionTests(CatalogKind kind) : IDisposable
{
    private readonly RetentionRig rig = new(kind);

    [Fact]
    public async Task Run_OldCapture_LosesItsFilesAndKeepsItsRowWithTheDate()
    {
        await rig.AddAsync(1);
        rig.Clock.Advance(TimeSpan.FromDays(31));
        await rig.AddAsync(2);

        Assert.Equal(1, await rig.Retention.RunAsync());

        Assert.Equal((false, true), (rig.HasFiles(1), rig.HasFiles(2)));
        Assert.False(Directory.Exists(Path.GetDirectoryName(StoredCapture.OriginalPath(rig.Folder, RetentionRig.IdOf(1)))));
        Assert.Empty(await rig.Artifacts.ListFilesAsync(RetentionRig.IdOf(1)));
        var row = (await rig.Captures.FindAsync(RetentionRig.IdOf(1)))!;
        Assert.Equal((rig.Clock.GetUtcNow(), RemovalReason.Age, 3, CaptureState.Ready), (row.RemovedAt, row.RemovedBecause, row.Summary!.GcCount, row.State));
        Assert.Contains("deleted by retention on 2026-04-01", RemovalWords.Of(row), StringComparison.Ordinal);
        Assert.Null((await rig.Captures.FindAsync(RetentionRig.IdOf(2)))!.RemovedAt);
    }

    [Fact]
    public async Task Run_PinnedUnreportedAndCited_Stay()
    {
        var from = rig.Clock.GetUtcNow();
        await rig.AddAsync(1);
        await rig.AddAsync(2, isReported: false);
        await rig.AddAsync(3, version: "7");
        await rig.AddAsync(4, instance: "changed");
        await rig.AddAsync(5);
        await rig.AddAsync(6, version: "8");
        Assert.True(await rig.Table.PinAsync(RetentionRig.IdOf(1), "ann", "incident 12"));
        Assert.True(await rig.Table.CiteAsync(RetentionRig.IdOf(5), "heap diff"));
        await rig.Comparisons.UpsertAsync(Compared("c", "7", from));
        rig.Experiments.Add(new Experiment
        {
            ExperimentId = "e", Service = "checkout", Rule = "r", Setting = "s", Value = "v", BaselineFrom = from, BaselineTo = from, CreatedAt = from, ChangedInstances = ["changed"],
        });
        rig.Clock.Advance(TimeSpan.FromDays(31));

        var report = await rig.Retention.DescribeAsync();
        Assert.Equal(1, await rig.Retention.RunAsync());

        Assert.Equal([true, true, true, true, true, false], Enumerable.Range(1, 6).Select(rig.HasFiles));
        Assert.Equal([RetentionRig.IdOf(6)], report.Due.Select(removal => removal.CaptureId));
        Assert.Equal((6, 1, 3, 600L, 400L), (report.Captures, report.Pinned, report.Cited, report.Bytes, report.HeldBytes));
        Assert.Equal("ann", (await rig.Captures.FindAsync(RetentionRig.IdOf(1)))!.PinnedBy);
    }

    [Fact]
    public async Task Run_CitedByTheOldestOfMoreComparisonsThanAnyListShows_Stays()
    {
        var from = rig.Clock.GetUtcNow();
        await rig.AddAsync(1, version: "0");
        await rig.AddAsync(2, version: "of no comparison");
        await Task.WhenAll(Enumerable.Range(0, 1_500).Select(number => rig.Comparisons.UpsertAsync(Compared($"c{number}", $"{number}", from.AddMinutes(number)))));
        rig.Clock.Advance(TimeSpan.FromDays(31));

        Assert.Equal(1, await rig.Retention.RunAsync());

        Assert.Equal((true, false), (rig.HasFiles(1), rig.HasFiles(2)));
    }

    /// <summary>Times are hours from the middle of the hours that the comparison looks at, which are one before it to one after it.</summary>
    [Theory]
    [InlineData(0, 48, true)]
    [InlineData(-3, 0, true)]
    [InlineData(2, 48, false)]
    [InlineData(-5, -2, false)]
    public async Task Run_CaptureThatWasSentLate_IsCitedByWhenItWasRecorded(int started, int received, bool isCited)
    {
        rig.Clock.Advance(TimeSpan.FromHours(10));
        var middle = rig.Clock.GetUtcNow();
        await rig.Comparisons.UpsertAsync(Compared("c", "7", middle));
        rig.Clock.AdjustTime(middle.AddHours(received));
        await rig.AddAsync(1, version: "7", startedAt: middle.AddHours(started));
        rig.Clock.Advance(TimeSpan.FromDays(31));

        await rig.Retention.RunAsync();

        Assert.Equal(isCited, rig.HasFiles(1));
    }

    [Fact]
    public async Task Run_ComparisonWhoseNumbersCannotBeRead_CitesItsVersionsAtAllTimes()
    {
        await rig.AddAsync(1, version: "7");
        await rig.AddAsync(2, version: "8");
        await rig.Comparisons.UpsertAsync(Compared("c", "7", rig.Clock.GetUtcNow().AddDays(20)));
        await rig.DamageComparisonsAsync();
        rig.Clock.Advance(TimeSpan.FromDays(31));

        await rig.Retention.RunAsync();

        Assert.Equal((true, false), (rig.HasFiles(1), rig.HasFiles(2)));
    }

    [Fact]
    public async Task Run_PinTakenOffAndCitationOver_Goes()
    {
        await rig.AddAsync(1);
        await rig.AddAsync(2);
        await rig.Table.PinAsync(RetentionRig.IdOf(1), "ann", "");
        await rig.Table.CiteAsync(RetentionRig.IdOf(2), "heap diff");
        rig.Clock.Advance(TimeSpan.FromDays(91));
        Assert.Equal(1, await rig.Retention.RunAsync());
        Assert.True(await rig.Table.UnpinAsync(RetentionRig.IdOf(1)));
        Assert.False(await rig.Table.UnpinAsync(RetentionRig.IdOf(1)));

        Assert.Equal(1, await rig.Retention.RunAsync());
        Assert.False(await rig.Table.PinAsync(RetentionRig.IdOf(1), "ann", ""));
    }

    [Fact]
    public async Task Describe_AnyStore_SumsByServiceAndKindAndDeletesNothing()
    {
        await rig.AddAsync(1, 300, "checkout");
        rig.Clock.Advance(TimeSpan.FromDays(2));
        await rig.AddAsync(2, 100, "cart");
        rig.Options.KeepBytes = 350;
        rig.Options.ServiceShare = 1;

        var report = await rig.Retention.DescribeAsync();

        Assert.Equal(["checkout 300", "cart 100"], report.Services.Select(row => $"{row.Name} {row.Bytes}"));
        Assert.Equal(("trace", 400L, 2), (report.Kinds[0].Name, report.Kinds[0].Bytes, report.Kinds[0].Captures));
        Assert.Equal([(RetentionRig.IdOf(1), RemovalReason.TotalSize)], report.Due.Select(removal => (removal.CaptureId, removal.Reason)));
        Assert.Equal([RetentionRig.IdOf(2)], report.Next.Select(removal => removal.CaptureId));
        Assert.Equal((true, true), (rig.HasFiles(1), rig.HasFiles(2)));
    }

    /// <summary>A bucket has room for ever; uploads and analyses end where the data folder is full.</summary>
    [Fact]
    public async Task Describe_OfABucket_TellsTheFreeSpaceOfTheDataFolder()
    {
        rig.ShelfBytes = long.MaxValue / 4;
        rig.FreeBytes = 7;
        Assert.Equal(7, (await rig.Retention.DescribeAsync()).FreeBytes);

        // A share that is fuller than the silo's own volume.
        rig.ShelfBytes = 5;
        Assert.Equal(5, (await rig.Retention.DescribeAsync()).FreeBytes);
    }

    [Fact]
    public async Task Run_DeletesFiles_TellsTheAuditLogOncePerCapture()
    {
        await rig.AddAsync(1, bytes: 300);
        await rig.AddAsync(2, bytes: 300, service: "cart");
        rig.Options.KeepBytes = 350;
        rig.Options.ServiceShare = 1;
        rig.Clock.Advance(TimeSpan.FromDays(2));
        var due = Assert.Single((await rig.Retention.DescribeAsync()).Due);
        Assert.Empty(await rig.Audit.ListAsync(new AuditQuery()));

        await rig.Retention.RunAsync();
        await rig.Retention.RunAsync();

        var row = Assert.Single(await rig.Audit.ListAsync(new AuditQuery()));
        Assert.Equal(("retention", "capture.delete", due.CaptureId, due.Service, AuditDecision.Allowed), (row.Actor, row.Action, row.Target, row.Services, row.Decision));
        Assert.StartsWith("TotalSize: 300 bytes", row.Reason, StringComparison.Ordinal);
        Assert.Null(AuditChain.ProblemOf(null, row));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Run_KilledAfterAnyStep_IsFinishedByTheNext(int steps)
    {
        await rig.AddAsync(1);
        var id = RetentionRig.IdOf(1);
        Assert.True(await rig.Table.MarkAsync(Assert.Single(await rig.Table.ListAsync()), RemovalReason.Age));
        if (steps > 0)
        {
            File.Delete(StoredCapture.OriginalPath(rig.Folder, id));
        }

        if (steps > 1)
        {
            await rig.Store.RemoveAsync(id, CancellationToken.None);
        }

        rig.Restart();
        Assert.Empty(await rig.Artifacts.ListFilesAsync(id));
        await rig.Retention.RunAsync();
        await rig.Retention.RunAsync();

        Assert.False(Directory.Exists(Path.GetDirectoryName(StoredCapture.OriginalPath(rig.Folder, id))));
        Assert.Empty(await rig.Table.ListMarkedAsync());
        Assert.Equal(RemovalReason.Age, (await rig.Captures.FindAsync(id))!.RemovedBecause);
    }

    [Fact]
    public async Task MakeRoom_VolumeShort_TakesTheOldestThatMayGoAndElseSaysWhyNot()
    {
        await rig.AddAsync(1);
        await rig.AddAsync(2);
        await rig.Table.PinAsync(RetentionRig.IdOf(1), "ann", "");
        rig.Clock.Advance(TimeSpan.FromDays(1));
        await rig.AddAsync(3);
        rig.FreeBytes = 50;

        var why = await rig.Retention.MakeRoomAsync(100);

        Assert.Equal([true, false, true], Enumerable.Range(1, 3).Select(rig.HasFiles));
        Assert.Contains("of 2 with files 1 are pinned, 0 cited, 1 younger", why, StringComparison.Ordinal);
        rig.FreeBytes = 150;
        Assert.Null(await rig.Retention.MakeRoomAsync(100));
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(UnauthorizedAccessException))]
    public async Task Run_FilesOfOneCaptureCannotBeDeleted_OthersGoAndALaterRunTriesAgain(Type problem)
    {
        await rig.AddAsync(1);
        await rig.AddAsync(2);
        rig.Clock.Advance(TimeSpan.FromDays(31));
        rig.Shelf.Stuck[RetentionRig.IdOf(1)] = (Exception)Activator.CreateInstance(problem)!;

        Assert.Equal(2, await rig.Retention.RunAsync());
        await rig.AddAsync(3);
        rig.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Equal(1, await rig.Retention.RunAsync());

        Assert.Equal([true, false, false], Enumerable.Range(1, 3).Select(rig.HasFiles));
        Assert.Equal([RetentionRig.IdOf(1)], await rig.Table.ListMarkedAsync());
        Assert.Empty(await rig.Artifacts.ListFilesAsync(RetentionRig.IdOf(1)));

        rig.Shelf.Stuck.Clear();
        await rig.Retention.RunAsync();

        Assert.False(rig.HasFiles(1));
        Assert.Empty(await rig.Table.ListMarkedAsync());
        Assert.Equal(3, (await rig.Audit.ListAsync(new AuditQuery())).Count);
    }

    [Fact]
    public async Task Run_ShelfIsAway_TakesNoFurtherCaptureOutOfTheCatalog()
    {
        await rig.AddAsync(1);
        rig.Clock.Advance(TimeSpan.FromHours(1));
        await rig.AddAsync(2);
        rig.Clock.Advance(TimeSpan.FromDays(31));
        rig.Shelf.Stuck[RetentionRig.IdOf(1)] = new StoreAwayException("It does not answer.", new TimeoutException());

        await Assert.ThrowsAsync<StoreAwayException>(() => rig.Retention.RunAsync());

        Assert.Null((await rig.Captures.FindAsync(RetentionRig.IdOf(2)))!.RemovedAt);
    }

    [Fact]
    public async Task MakeRoom_FilesThatShouldGoCannot_IsNoRoomThenAndTheNextMakesIt()
    {
        await rig.AddAsync(1);
        rig.Clock.Advance(TimeSpan.FromHours(1));
        await rig.AddAsync(2);
        rig.Clock.Advance(TimeSpan.FromDays(1));
        rig.FreeBytes = 50;
        rig.Shelf.Stuck[RetentionRig.IdOf(1)] = new IOException("Directory not empty");

        var why = await rig.Retention.MakeRoomAsync(100);
        Assert.Contains("The files of 1 more could not be deleted", why, StringComparison.Ordinal);
        Assert.Equal((true, true), (rig.HasFiles(1), rig.HasFiles(2)));

        await rig.Retention.MakeRoomAsync(100);
        Assert.Equal((true, false), (rig.HasFiles(1), rig.HasFiles(2)));
    }

    [Fact]
    public async Task Run_AbandonedOriginalCannotBeDeleted_IsTriedAgainAndKeepsNoOther()
    {
        var (stuck, other, sha) = (RetentionRig.IdOf(1), RetentionRig.IdOf(2), new string('a', 64));
        foreach (var id in new[] { stuck, other })
        {
            await StoredCapture.AddOriginalAsync(rig.Store, [1, 2, 3], id);
            Assert.True(await rig.Artifacts.TryClaimAsync(id, 1, sha));
        }

        rig.Clock.Advance(TimeSpan.FromHours(25));
        rig.Shelf.Stuck[stuck] = new UnauthorizedAccessException();
        await rig.Retention.RunAsync();

        Assert.Equal((true, false), (rig.HasFiles(1), rig.HasFiles(2)));
        Assert.Equal([stuck], await rig.Table.ListAbandonedAsync(rig.Clock.GetUtcNow()));

        rig.Shelf.Stuck.Clear();
        await rig.Retention.RunAsync();

        Assert.False(rig.HasFiles(1));
        Assert.Empty(await rig.Table.ListAbandonedAsync(rig.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task Mark_CitedSinceItWasRead_IsRefusedUntilItIsReadAgain()
    {
        await rig.AddAsync(1);
        var seen = Assert.Single(await rig.Table.ListAsync());
        await rig.Table.CiteAsync(RetentionRig.IdOf(1), "heap diff");

        Assert.False(await rig.Table.MarkAsync(seen, RemovalReason.Age));

        // A citation that was read with it was weighed: it is over. Another one was not.
        var again = Assert.Single(await rig.Table.ListAsync());
        rig.Clock.Advance(TimeSpan.FromDays(91));
        await rig.Table.CiteAsync(RetentionRig.IdOf(1), "profile diff");
        Assert.False(await rig.Table.MarkAsync(again, RemovalReason.Age));
        Assert.True(await rig.Table.MarkAsync(Assert.Single(await rig.Table.ListAsync()), RemovalReason.Age));
    }

    [Theory]
    [InlineData("1", false)]
    [InlineData("2", true)]
    public async Task Mark_ComparisonMadeSinceItWasRead_KeepsCapturesOfItsVersions(string compared, bool isMarked)
    {
        await rig.AddAsync(1, version: "1");
        rig.Clock.Advance(TimeSpan.FromDays(31));
        var seen = Assert.Single(await rig.Table.ListAsync());
        await rig.Comparisons.UpsertAsync(Compared("c", compared, rig.Clock.GetUtcNow()));

        Assert.Equal(isMarked, await rig.Table.MarkAsync(seen, RemovalReason.Age));
    }

    [Fact]
    public async Task Run_UploadsThatNobodyWentOnWith_LeaveNothing()
    {
        var (abandoned, stored, young) = (RetentionRig.IdOf(1), RetentionRig.IdOf(2), RetentionRig.IdOf(3));
        var sha = new string('a', 64);
        rig.Store.OpenPart(abandoned, 1, sha, 10).Dispose();
        File.SetLastWriteTimeUtc(Directory.GetFiles(Path.Combine(rig.Folder, "uploads")).Single(), rig.Clock.GetUtcNow().UtcDateTime);
        await rig.AddAsync(2);
        foreach (var id in new[] { abandoned, stored })
        {
            // Of another attempt where one is stored.
            Assert.True(await rig.Artifacts.TryClaimAsync(id, 2, sha));
        }

        await StoredCapture.AddOriginalAsync(rig.Store, [1, 2, 3], young);
        await StoredCapture.AddOriginalAsync(rig.Store, [1, 2, 3], RetentionRig.IdOf(4));
        Assert.True(await rig.Artifacts.TryClaimAsync(RetentionRig.IdOf(4), 1, sha));
        rig.Clock.Advance(TimeSpan.FromHours(25));
        Assert.True(await rig.Artifacts.TryClaimAsync(young, 1, sha));
        await rig.Retention.RunAsync();

        Assert.Empty(Directory.GetFiles(Path.Combine(rig.Folder, "uploads")));
        Assert.Equal((true, true, false), (rig.HasFiles(2), rig.HasFiles(3), rig.HasFiles(4)));
        Assert.True(await rig.Artifacts.TryClaimAsync(abandoned, 1, new string('b', 64)));
        Assert.False(await rig.Artifacts.TryClaimAsync(young, 1, new string('b', 64)));
    }

    public void Dispose() => rig.Dispose();

    private static Comparison Compared(string id, string version, DateTimeOffset at) =>
        new() { ComparisonId = id, Service = "checkout", CreatedAt = at, Baseline = Side(version, at), Candidate = Side("of nobody", at) };

    private static ComparisonSide Side(string version, DateTimeOffset from) => new() { Version = version, From = from - TimeSpan.FromHours(1), To = from + TimeSpan.FromHours(1) };
}

public sealed class CaptureRetentionOnSqliteTests() : CaptureRetentionTests(CatalogKind.Sqlite);

public sealed class CaptureRetentionOnPostgresTests() : CaptureRetentionTests(CatalogKind.Postgres);

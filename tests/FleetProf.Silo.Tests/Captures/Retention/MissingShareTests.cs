using FleetProf.Silo.Captures.Artifacts;

namespace FleetProf.Silo.Tests.Captures.Retention;

/// <summary>Retention of a silo whose shared folder of artifacts is not mounted: files that it does not see are still there.</summary>
public sealed class MissingShareTests : IDisposable
{
    private readonly RetentionRig rig = new();

    private string Share => Path.Combine(rig.Folder, "artifacts");

    private string Away => Path.Combine(rig.Folder, "away");

    public void Dispose() => rig.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_CaptureWasMarkedBefore_StaysSoUntilTheShareIsBack(bool leavesAFolder)
    {
        await rig.AddAsync(1);
        rig.Clock.Advance(TimeSpan.FromDays(31));
        rig.Shelf.Stuck[RetentionRig.IdOf(1)] = new IOException("Directory not empty");
        await rig.Retention.RunAsync();
        rig.Shelf.Stuck.Clear();
        Directory.Move(Share, Away);
        if (leavesAFolder)
        {
            Directory.CreateDirectory(Share);
        }

        var told = await Assert.ThrowsAsync<StoreAwayException>(() => rig.Retention.RunAsync());

        Assert.Contains(Share, told.Message, StringComparison.Ordinal);
        Assert.Equal([RetentionRig.IdOf(1)], await rig.Table.ListMarkedAsync());

        Mount();
        await rig.Retention.RunAsync();
        Assert.Empty(await rig.Table.ListMarkedAsync());
        Assert.False(rig.HasFiles(1));
    }

    [Fact]
    public async Task Run_SpaceOfTheFolderThatIsLeft_TakesNoCaptureOutOfTheCatalog()
    {
        await rig.AddAsync(1);
        rig.Clock.Advance(TimeSpan.FromDays(1));
        rig.Options.ReserveBytes = 1_000;
        rig.FreeBytes = 0;
        Directory.Move(Share, Away);
        Directory.CreateDirectory(Share);

        await Assert.ThrowsAsync<StoreAwayException>(() => rig.Retention.RunAsync());
        await Assert.ThrowsAsync<StoreAwayException>(() => rig.Retention.MakeRoomAsync(100));

        Assert.Null((await rig.Captures.FindAsync(RetentionRig.IdOf(1)))!.RemovedAt);
        Mount();
        Assert.True(rig.HasFiles(1));
    }

    [Fact]
    public async Task Describe_ShareIsAway_TellsWhatIsStoredAndThatWhatIsFreeIsNotKnown()
    {
        await rig.AddAsync(1);
        Assert.False((await rig.Retention.DescribeAsync()).IsStoreAway);
        Directory.Move(Share, Away);

        var report = await rig.Retention.DescribeAsync();

        // Who reads no more than that takes the free space of the data folder for all of it.
        Assert.Equal((1, true, rig.FreeBytes), (report.Captures, report.IsStoreAway, report.FreeBytes));
    }

    private void Mount()
    {
        if (Directory.Exists(Share))
        {
            Directory.Delete(Share);
        }

        Directory.Move(Away, Share);
    }
}

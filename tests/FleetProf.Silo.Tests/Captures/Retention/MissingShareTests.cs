using System.Net;
using Amazon.S3;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Captures.Artifacts.S3;

namespace FleetProf.Silo.Tests.Captures.Retention;

/// <summary>Retention of a silo whose shared folder of artifacts is not mounted, or whose bucket holds on to what is in it: files that it does not see, or may not delete, are still there.</summary>
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

    /// <summary>A bucket holds some objects for a time that its owner set, and lets the others go.</summary>
    [Fact]
    public async Task Run_BucketRefusesToDeleteOneObject_LetsOthersGo()
    {
        await rig.AddAsync(1);
        rig.Clock.Advance(TimeSpan.FromHours(1));
        await rig.AddAsync(2);
        rig.Clock.Advance(TimeSpan.FromDays(31));
        rig.Shelf.Stuck[RetentionRig.IdOf(1)] = S3Problem.Explain(new AmazonS3Exception("Held.") { StatusCode = HttpStatusCode.Forbidden, ErrorCode = "AccessDenied" }, new S3Options { Bucket = "b" })!;

        Assert.Equal(2, await rig.Retention.RunAsync());

        Assert.False(rig.HasFiles(2));
        Assert.Equal([RetentionRig.IdOf(1)], await rig.Table.ListMarkedAsync());
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

using FleetProf.Silo.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Captures.Artifacts.S3;
using FleetProf.Silo.Captures.Retention;
using FleetProf.Silo.Tests.Captures.S3;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Tests.Captures.Retention;

public sealed class CaptureRoomTests : IDisposable
{
    private const long Large = 300L << 20;

    private readonly RetentionRig rig = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upload_OnAFullVolume_TakesTheRoomOfOldCaptures()
    {
        await rig.AddAsync(1);
        rig.Clock.Advance(TimeSpan.FromDays(1));
        rig.FreeBytes = 50;

        Assert.Contains("50 bytes are free", await Room().WhyNoneForUploadAsync(100, Cancel), StringComparison.Ordinal);

        Assert.False(rig.HasFiles(1));
        rig.FreeBytes = 100;
        Assert.Null(await Room().WhyNoneForUploadAsync(100, Cancel));
    }

    [Fact]
    public async Task MakeRoom_MoreThanAllCapturesTogether_DeletesNone()
    {
        await rig.AddAsync(1);
        await rig.AddAsync(2);
        rig.Clock.Advance(TimeSpan.FromDays(1));
        rig.FreeBytes = 50;

        var why = await rig.Retention.MakeRoomAsync(251, Cancel);

        Assert.Equal((true, true), (rig.HasFiles(1), rig.HasFiles(2)));
        Assert.Contains("50 bytes are free, 251 are to be written", why, StringComparison.Ordinal);
        Assert.Contains("captures that may be deleted have 200 bytes: of 2 with files 0 are pinned, 0 cited, 0 younger", why, StringComparison.Ordinal);

        await rig.Retention.MakeRoomAsync(250, Cancel);
        Assert.Equal((false, false), (rig.HasFiles(1), rig.HasFiles(2)));
    }

    /// <summary>What is due by another rule goes all the same.</summary>
    [Fact]
    public async Task MakeRoom_MoreThanAllCapturesTogether_DeletesWhatIsTooOld()
    {
        await rig.AddAsync(1);
        rig.Clock.Advance(TimeSpan.FromDays(30));
        await rig.AddAsync(2);
        rig.Clock.Advance(TimeSpan.FromDays(1));
        rig.FreeBytes = 50;

        Assert.NotNull(await rig.Retention.MakeRoomAsync(1_000, Cancel));

        Assert.Equal((false, true), (rig.HasFiles(1), rig.HasFiles(2)));
    }

    /// <summary>What is too large for memory lies there twice, with what comes of it.</summary>
    [Theory]
    [InlineData(1_000, 1_000, true)]
    [InlineData(1_000, 999, false)]
    [InlineData(Large, 2 * Large, true)]
    [InlineData(Large, 2 * Large - 1, false)]
    public async Task Analysis_OfAnOriginal_NeedsRoomForItsCopyAndWhatComesOfIt(long original, long free, bool hasRoom)
    {
        rig.FreeBytes = free;

        Assert.Equal(hasRoom, await Room().WhyNoneForAnalysisAsync(original, Cancel) is null);
    }

    /// <summary>A bucket has room for ever; the analyzer works in this silo's own folder, beside the catalog.</summary>
    [Fact]
    public async Task Analysis_WhereOriginalsLieElsewhere_LooksAtTheFolderThatItWorksIn()
    {
        var store = new ArtifactStore(rig.Folder, freeBytes: () => 10, shelf: new FolderShelf(Path.Combine(rig.Folder, "elsewhere"), () => long.MaxValue / 4));

        var why = await new CaptureRoom(store, rig.Retention, Options.Create(rig.Options)).WhyNoneForAnalysisAsync(11, Cancel);

        Assert.Equal("10 bytes are free where analyses work, FleetProf:Silo:DataFolder of this silo; free some there.", why);
    }

    [Fact]
    public async Task Upload_WhereCopiesFromTheBucketTakeTheRoom_DropsThem()
    {
        await using var server = await FakeS3.StartAsync();
        var options = new S3Options { Endpoint = server.Address.ToString(), Bucket = FakeS3.Bucket, AccessKey = FakeS3.KeyId, SecretKey = FakeS3.Secret };
        IEnumerable<FileInfo> Copies() => new DirectoryInfo(Path.Combine(rig.Folder, "s3", "results")).EnumerateFiles("*", SearchOption.AllDirectories);
        long Free() => 1_000_000 - Copies().Sum(copy => copy.Length);
        using var shelf = new S3Shelf(options, rig.Folder, freeBytes: Free);
        var store = new ArtifactStore(rig.Folder, freeBytes: Free, shelf: shelf, runOf: StoredCapture.RunOfAsync);
        await StoredCapture.AddResultAsync(store, RetentionRig.IdOf(1), "heap.tree", new byte[500_000]);
        await StoredCapture.ReadAsync(store, RetentionRig.IdOf(1), "heap.tree");
        Assert.Single(Copies());
        var room = new CaptureRoom(store, rig.Retention, Options.Create(rig.Options));

        Assert.Null(await room.WhyNoneForUploadAsync(400_000, Cancel));
        Assert.Single(Copies());

        Assert.Null(await room.WhyNoneForUploadAsync(900_000, Cancel));
        Assert.Empty(Copies());
    }

    public void Dispose() => rig.Dispose();

    private CaptureRoom Room() => new(rig.Store, rig.Retention, Options.Create(rig.Options));
}

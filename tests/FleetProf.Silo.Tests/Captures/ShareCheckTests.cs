using FleetProf.Silo.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Tests.Captures.Retention;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Tests.Captures;

public sealed class ShareCheckTests : IDisposable
{
    private readonly RetentionRig rig = new();

    private string Share => Path.Combine(rig.Folder, "artifacts");

    public void Dispose() => rig.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_WithoutTheShareThatHasTheRecordings_IsRefusedAndLeavesTheFolderAsItIs(bool leavesAFolder)
    {
        await rig.AddAsync(1);
        TakeAway(leavesAFolder);

        var refused = await Assert.ThrowsAsync<IOException>(() => Check().RequireAsync());

        Assert.Contains("FleetProf:Silo:Artifacts says that their files are. Mount its share", refused.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(Share, FolderMark.FileName), refused.Message, StringComparison.Ordinal);
        Assert.Equal(leavesAFolder, Directory.Exists(Share));
        Assert.Null(FolderMark.Find(Share));
    }

    [Fact]
    public async Task Start_WithTheRecordings_OrAMarkInTheirPlace_GoesOn()
    {
        await rig.AddAsync(1);
        File.Delete(Path.Combine(Share, FolderMark.FileName));
        await Check().RequireAsync();

        TakeAway(leavesAFolder: true);
        await File.WriteAllTextAsync(Path.Combine(Share, FolderMark.FileName), "1795000000000000000");
        await Check().RequireAsync();
    }

    [Fact]
    public async Task Start_WhereNothingIsMissed_GoesOn()
    {
        TakeAway(leavesAFolder: false);
        await Check().RequireAsync();

        await rig.AddAsync(1);
        Directory.Delete(Share, recursive: true);
        await Check(artifacts: null).RequireAsync();
        await Check(new CaptureOptions { Store = StoreKind.S3 }, rig.Folder).RequireAsync();
        await Assert.ThrowsAsync<IOException>(() => Check().RequireAsync());
    }

    private ShareCheck Check() => Check(rig.Folder);

    private ShareCheck Check(string? artifacts) => Check(new CaptureOptions(), artifacts);

    private ShareCheck Check(CaptureOptions captures, string? artifacts) =>
        new(Options.Create(new SiloOptions { DataFolder = rig.Folder, Artifacts = artifacts }), Options.Create(captures), rig.Artifacts);

    private void TakeAway(bool leavesAFolder)
    {
        Directory.Move(Share, Path.Combine(rig.Folder, "away"));
        if (leavesAFolder)
        {
            Directory.CreateDirectory(Share);
        }
    }
}

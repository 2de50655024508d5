using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Captures;

public sealed class DurableFileTests
{
    /// <summary>/dev/full answers every write with the error of a full disk.</summary>
    [Fact]
    public async Task IsDiskFull_ErrorOfAFullDevice_IsRecognised()
    {
        await using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

        var exception = await Assert.ThrowsAsync<IOException>(async () => await full.WriteAsync(new byte[10]));

        Assert.True(DurableFile.IsDiskFull(exception));
        Assert.False(DurableFile.IsDiskFull(new IOException("other")));
    }

    [Fact]
    public void FlushFolder_Missing_IsAnIoError()
    {
        using var folder = new TemporaryFolder();
        DurableFile.FlushFolder(folder.Path);

        Assert.Throws<IOException>(() => DurableFile.FlushFolder(folder["none"]));
    }

    [Fact]
    public void Move_ExistingTarget_IsReplaced()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["new"], "new");
        File.WriteAllText(folder["old"], "old");

        DurableFile.Move(folder["new"], folder["old"]);

        Assert.Equal("new", File.ReadAllText(folder["old"]));
        Assert.False(File.Exists(folder["new"]));
    }
}

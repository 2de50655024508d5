using FleetProf.Faults.Injection;

namespace FleetProf.Faults.Tests.Injection;

public sealed class SmallDiskTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fleetprof-disk-").FullName;

    [Fact]
    public void Fill_DiskOfItsOwn_TakesNothingUntilItIsEmptied()
    {
        using var disk = SmallDisk.Mount(folder, 1);
        Assert.SkipUnless(disk.IsSmall, "Only root may mount a small disk.");
        disk.Fill();
        Assert.Throws<IOException>(() => File.WriteAllBytes(Path.Combine(folder, "more"), new byte[10_000]));

        disk.Empty();

        File.WriteAllBytes(Path.Combine(folder, "more"), new byte[10_000]);
    }

    /// <summary>Else the machine's own disk would be full.</summary>
    [Fact]
    public void Fill_FolderOfTheMachinesDisk_IsRefusedAndWritesNothing()
    {
        using var disk = SmallDisk.Unmounted(folder);

        var refused = Assert.Throws<InvalidOperationException>(() => disk.Fill());

        Assert.Contains(folder, refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}

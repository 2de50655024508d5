using System.Security.Cryptography;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Captures.Artifacts.Sealing;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Captures.Sealing;

/// <summary>The store with keys: restored from a copy, with other keys, with originals from before there were keys.</summary>
public sealed class SealedStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task Restore_CopyOfTheDataFolder_ReadsOriginalsOnlyWithItsKey()
    {
        var content = await AdoptAsync(Store());
        Copy(folder["data"], folder["restored"]);

        Assert.Equal(content, await ReadAsync(new ArtifactStore(folder["restored"], keys: ArtifactKeys.Open(folder["restored/keys/artifact.key"]))));
        File.Delete(folder["restored/keys/artifact.key"]);
        var without = new ArtifactStore(folder["restored"], keys: ArtifactKeys.Open(folder["restored/keys/artifact.key"]));
        Assert.Contains("does not hold", (await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(without))).Message, StringComparison.Ordinal);
        Assert.Equal((0, 1), without.Rewrap());
    }

    [Fact]
    public async Task Rewrap_NewKeyAhead_LetsTheOldKeyGo()
    {
        var content = await AdoptAsync(Store());
        var fresh = Convert.ToBase64String(RandomNumberGenerator.GetBytes(ArtifactKeys.KeyBytes)) + "\n";
        File.WriteAllText(KeyPath, fresh + File.ReadAllText(KeyPath));

        Assert.Equal((1, 0), Store().Rewrap());
        Assert.Equal((0, 0), Store().Rewrap());
        File.WriteAllText(KeyPath, fresh);

        Assert.Equal(content, await ReadAsync(Store()));
    }

    [Fact]
    public async Task Open_OriginalFromBeforeThereWereKeys_IsReadAsItIs()
    {
        var content = await AdoptAsync(new ArtifactStore(folder["data"]));

        Assert.Equal(content, File.ReadAllBytes(Store().OriginalPath(CaptureRig.Capture)));
        Assert.Equal(content, await ReadAsync(Store()));
        Assert.Equal((0, 0), Store().Rewrap());
        using var input = await Store().OpenForAnalysisAsync(CaptureRig.Capture, folder.Path, CancellationToken.None);
        Assert.Equal(content, await File.ReadAllBytesAsync(input.Path));
    }

    [Fact]
    public async Task OpenForAnalysis_Sealed_IsReadableByItsPathAndInNoFolder()
    {
        var content = await AdoptAsync(Store());
        var before = Files();
        string path;
        using (var input = await Store().OpenForAnalysisAsync(CaptureRig.Capture, folder.Path, CancellationToken.None))
        {
            path = input.Path;
            Assert.Equal(content, await File.ReadAllBytesAsync(path));
            Assert.Equal(before, Files());
        }

        Assert.StartsWith("/proc/", path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remove_Sealed_TakesTheKeyWithIt()
    {
        await AdoptAsync(Store());
        Store().Remove(CaptureRig.Capture);

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["data/artifacts"]));
    }

    public void Dispose() => folder.Dispose();

    private string KeyPath => folder["data/keys/artifact.key"];

    private string[] Files() => Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories);

    private ArtifactStore Store() => new(folder["data"], keys: ArtifactKeys.Open(KeyPath));

    private static async Task<byte[]> AdoptAsync(ArtifactStore store)
    {
        var content = CaptureRig.Content(150_000);
        var part = store.PartialPath(CaptureRig.Capture, 1, new string('a', 64));
        await File.WriteAllBytesAsync(part, content);
        await store.AdoptOriginalAsync(CaptureRig.Capture, part, CancellationToken.None);
        Assert.False(File.Exists(part));
        return content;
    }

    private static async Task<byte[]> ReadAsync(ArtifactStore store)
    {
        await using var stream = store.OpenOriginal(CaptureRig.Capture);
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}

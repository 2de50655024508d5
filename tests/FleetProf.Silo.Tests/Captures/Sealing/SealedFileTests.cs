using System.Security.Cryptography;
using FleetProf.Silo.Captures.Artifacts.Sealing;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Captures.Sealing;

public sealed class SealedFileTests : IDisposable
{
    private const string Owner = "capture-1";
    private const int SealedChunk = SealedFormat.ChunkBytes + SealedFormat.TagBytes;

    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(SealedFormat.ChunkBytes - 1)]
    [InlineData(SealedFormat.ChunkBytes)]
    [InlineData(SealedFormat.ChunkBytes + 1)]
    [InlineData(3 * SealedFormat.ChunkBytes)]
    public async Task Read_AnyLength_IsWhatWasSealedAndTheFileShowsNothingOfIt(int bytes)
    {
        var content = await SealAsync(bytes);

        using var stream = Open();
        Assert.Equal(bytes, stream.Length);
        Assert.Equal(content, ReadAll(stream));
        Assert.True(bytes < 16 || File.ReadAllBytes(Path).AsSpan().IndexOf(content.AsSpan(0, 16)) < 0);
    }

    [Fact]
    public async Task Read_FromAnywhere_IsThePlainFileThere()
    {
        var content = await SealAsync(200_000);
        using var stream = Open();
        var random = new Random(3);
        var buffer = new byte[100_000];
        for (var i = 0; i < 200; i++)
        {
            var (at, length) = (random.Next(content.Length), random.Next(1, buffer.Length));
            stream.Seek(at, SeekOrigin.Begin);
            var read = stream.ReadAtLeast(buffer.AsSpan(0, length), length, throwOnEndOfStream: false);
            Assert.Equal(content.AsSpan(at, Math.Min(length, content.Length - at)), buffer.AsSpan(0, read));
        }
    }

    [Fact]
    public async Task Read_AnyByteFlipped_IsFound()
    {
        await SealAsync(150_000);
        var sealedBytes = File.ReadAllBytes(Path);
        var random = new Random(5);
        foreach (var at in Enumerable.Range(0, 60).Select(_ => random.Next(SealedFormat.HeaderBytes, sealedBytes.Length)).Append(sealedBytes.Length - 1))
        {
            var changed = (byte[])sealedBytes.Clone();
            changed[at] ^= 1;
            AssertDamaged(changed);
        }
    }

    [Fact]
    public async Task Read_CutAnywhere_IsFound()
    {
        await SealAsync(3 * SealedFormat.ChunkBytes);
        var sealedBytes = File.ReadAllBytes(Path);
        foreach (var length in (int[])[SealedFormat.HeaderBytes, SealedFormat.HeaderBytes + 5, SealedFormat.HeaderBytes + SealedChunk, SealedFormat.HeaderBytes + (2 * SealedChunk), sealedBytes.Length - 1])
        {
            AssertDamaged(sealedBytes[..length]);
        }

        AssertDamaged([.. sealedBytes, .. new byte[SealedChunk]]);
    }

    [Fact]
    public async Task Read_ChunksSwappedOrRepeated_IsFound()
    {
        await SealAsync(4 * SealedFormat.ChunkBytes);
        var sealedBytes = File.ReadAllBytes(Path);
        byte[] header = sealedBytes[..SealedFormat.HeaderBytes];
        var chunks = sealedBytes[SealedFormat.HeaderBytes..].Chunk(SealedChunk).ToArray();
        AssertDamaged([.. header, .. chunks[1], .. chunks[0], .. chunks[2], .. chunks[3]]);
        AssertDamaged([.. header, .. chunks[0], .. chunks[1], .. chunks[1], .. chunks[3]]);
        AssertDamaged([.. header, .. chunks[0], .. chunks[1], .. chunks[3], .. chunks[2]]);
        AssertDamaged([.. header, .. chunks[0], .. chunks[3]]);
    }

    [Fact]
    public async Task Read_OtherKeyOrOtherOwner_IsRefused()
    {
        await SealAsync(100);
        var other = ArtifactKeys.Open(folder["other/key"]);

        Assert.Contains("does not hold", Assert.Throws<IOException>(() => Open(other)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => new SealedStream(Path, SealedFormat.IdOf(Path)!, "capture-2", Keys()));
    }

    [Fact]
    public async Task Rewrap_NewKeyAhead_ChangesTheKeyFileOnlyAndTheOldKeyMayGo()
    {
        var content = await SealAsync(100_000);
        var sealedBytes = File.ReadAllBytes(Path);
        var old = File.ReadAllText(KeyPath);
        var fresh = Convert.ToBase64String(RandomNumberGenerator.GetBytes(ArtifactKeys.KeyBytes)) + "\n";
        File.WriteAllText(KeyPath, fresh + old);

        Assert.True(SealedFile.Rewrap(Path, Owner, Keys()));
        Assert.False(SealedFile.Rewrap(Path, Owner, Keys()));

        File.WriteAllText(KeyPath, fresh);
        Assert.Equal(sealedBytes, File.ReadAllBytes(Path));
        using (var stream = Open())
        {
            Assert.Equal(content, ReadAll(stream));
        }

        File.WriteAllText(KeyPath, old);
        Assert.Throws<IOException>(() => Open());
    }

    [Fact]
    public async Task Seal_StoppedInTheMiddle_LeavesWhatWasThereReadable()
    {
        var content = await SealAsync(100_000);

        // What a kill leaves of a second try: its key, and a beginning under the temporary name.
        File.WriteAllBytes(SealedFormat.KeyPathOf(Path, "0011223344556677"), [1, 2, 3]);
        File.WriteAllBytes(Path + ".new", [1, 2, 3]);
        using (var stream = Open())
        {
            Assert.Equal(content, ReadAll(stream));
        }

        var second = await SealAsync(50_000);
        using var again = Open();
        Assert.Equal(second, ReadAll(again));
        Assert.Equal(2, Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!).Length);
    }

    [Fact]
    public void Keys_OfOthersToo_AreRefused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Keys();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Assert.Contains("chmod 600", Assert.Throws<IOException>(Keys).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no key")]
    [InlineData("AAAA")]
    public void Keys_Damaged_AreAProblemAndNotANewKey(string text)
    {
        Keys();
        File.WriteAllText(KeyPath, text);

        Assert.Throws<IOException>(Keys);
        Assert.Equal(text, File.ReadAllText(KeyPath));
    }

    public void Dispose() => folder.Dispose();

    private string Path => folder["store/original.nettrace"];

    private string KeyPath => folder["keys/artifact.key"];

    private ArtifactKeys Keys() => ArtifactKeys.Open(KeyPath);

    private SealedStream Open(ArtifactKeys? keys = null) => new(Path, SealedFormat.IdOf(Path)!, Owner, keys ?? Keys());

    private async Task<byte[]> SealAsync(int bytes)
    {
        var content = CaptureRig.Content(bytes);
        await File.WriteAllBytesAsync(folder["plain"], content);
        Directory.CreateDirectory(folder["store"]);
        await SealedFile.SealAsync(folder["plain"], Path, Owner, Keys(), CancellationToken.None);
        return content;
    }

    private void AssertDamaged(byte[] bytes)
    {
        File.WriteAllBytes(Path, bytes);
        Assert.Throws<InvalidDataException>(() =>
        {
            using var stream = Open();
            ReadAll(stream);
        });
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var all = new MemoryStream();
        stream.CopyTo(all);
        return all.ToArray();
    }
}

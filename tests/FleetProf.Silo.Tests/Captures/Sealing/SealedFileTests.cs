using System.Security.Cryptography;
using FleetProf.Silo.Captures.Artifacts.Sealing;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Captures.Sealing;

public sealed class SealedFileTests : IDisposable
{
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
    public void Unwrap_OtherKeyOrOtherOwnerOrDamage_IsRefused()
    {
        var wrapped = WrappedKey.Wrap(DataKey, "capture-1", Keys());
        var other = ArtifactKeys.Open(folder["other/key"]);

        Assert.Equal(DataKey, WrappedKey.Unwrap(wrapped, "capture-1", Keys()));
        Assert.Contains("does not hold", Assert.Throws<IOException>(() => WrappedKey.Unwrap(wrapped, "capture-1", other)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => WrappedKey.Unwrap(wrapped, "capture-2", Keys()));
        Assert.Throws<InvalidDataException>(() => WrappedKey.Unwrap(wrapped[..^1], "capture-1", Keys()));
        Assert.Throws<InvalidDataException>(() => WrappedKey.Unwrap(null, "capture-1", Keys()));
        wrapped[^1] ^= 1;
        Assert.Throws<InvalidDataException>(() => WrappedKey.Unwrap(wrapped, "capture-1", Keys()));
    }

    [Fact]
    public async Task ReadAsync_FromAnywhere_IsWhatReadGives()
    {
        var content = await SealAsync(500_000);
        await using var stream = Open();
        var random = new Random(9);
        var buffer = new byte[70_000];
        for (var i = 0; i < 200; i++)
        {
            stream.Position = random.Next(content.Length);
            var at = (int)stream.Position;
            var read = random.Next(2) == 0 ? stream.Read(buffer) : await stream.ReadAsync(buffer);
            Assert.Equal(content.AsSpan(at, read), buffer.AsSpan(0, read));
        }
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

    private static byte[] DataKey { get; } = [.. Enumerable.Range(0, ArtifactKeys.KeyBytes).Select(number => (byte)number)];

    private SealedStream Open() => new(File.OpenRead(Path), DataKey);

    private async Task<byte[]> SealAsync(int bytes)
    {
        var content = CaptureRig.Content(bytes);
        Directory.CreateDirectory(folder["store"]);
        await using var writer = new SealedWriter(Path, [1, 2, 3, 4, 5, 6, 7, 8], DataKey);
        var random = new Random(bytes);
        for (var at = 0; at < bytes;)
        {
            var length = Math.Min(bytes - at, random.Next(1, 150_000));
            await writer.WriteAsync(content.AsMemory(at, length), CancellationToken.None);
            at += length;
        }

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), await writer.FinishAsync(CancellationToken.None));
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

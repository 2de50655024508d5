using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Captures.Artifacts.Sealing;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Captures;

public sealed class PartialUploadTests : IDisposable
{
    private const int ChunkBytes = 700;

    private readonly TemporaryFolder folder = new();
    private readonly byte[] content = CaptureRig.Content((ChunkBytes * 6) + 50);

    private string Path => folder["uploads/capture-1.1.part"];

    [Fact]
    public async Task Append_Chunks_AreReadAgainAndTheFileShowsNothingOfThem()
    {
        await WriteAsync();

        using (var part = Open())
        {
            Assert.Equal(content, await ReadAsync(part));
        }

        var bytes = File.ReadAllBytes(Path);
        Assert.DoesNotContain(Enumerable.Range(0, content.Length / ChunkBytes), chunk => bytes.AsSpan().IndexOf(content.AsSpan(chunk * ChunkBytes, 16)) >= 0);
    }

    [Fact]
    public async Task Open_CutAnywhere_KeepsWholeChunksAndTakesTheRest()
    {
        var ends = await WriteAsync();
        var whole = File.ReadAllBytes(Path);
        var random = new Random(11);
        foreach (var cut in Enumerable.Range(0, 150).Select(_ => random.Next(whole.Length)).Concat(ends.SelectMany(end => (int[])[end - 1, end, end + 1])).Where(cut => cut <= whole.Length))
        {
            File.WriteAllBytes(Path, whole[..cut]);
            using var part = Open();
            var expected = Math.Min(content.Length, Math.Max(0, ends.Count(end => end <= cut) - 1) * ChunkBytes);
            Assert.Equal(expected, part.ReceivedBytes);
            await AppendAsync(part, expected);
            Assert.Equal(content, await ReadAsync(part));
        }
    }

    [Fact]
    public async Task Read_AnyByteFlipped_NeverGivesOtherBytes()
    {
        await WriteAsync();
        var whole = File.ReadAllBytes(Path);
        var found = 0;
        for (var at = 0; at < whole.Length; at += 13)
        {
            var changed = (byte[])whole.Clone();
            changed[at] ^= 4;
            File.WriteAllBytes(Path, changed);
            using var part = Open();
            try
            {
                var read = await ReadAsync(part);
                Assert.True(content.AsSpan(0, read.Length).SequenceEqual(read));
                Assert.True(read.Length < content.Length, $"The change at {at} was not found.");
            }
            catch (InvalidDataException)
            {
                found++;
            }
        }

        Assert.True(found > 100, $"Only {found} changes were found by reading.");
    }

    [Fact]
    public async Task Read_ChunksSwapped_IsFound()
    {
        var ends = await WriteAsync();
        var whole = File.ReadAllBytes(Path);
        File.WriteAllBytes(Path, [.. whole[..ends[0]], .. whole[ends[1]..ends[2]], .. whole[ends[0]..ends[1]], .. whole[ends[2]..]]);

        using var part = Open();
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(part));
    }

    [Fact]
    public async Task Open_PlainOrOfOtherKeysOrAnothersFile_BeginsAnew()
    {
        await WriteAsync();
        File.Copy(Path, folder["uploads/capture-2.1.part"]);
        using (var other = new PartialUpload(folder["uploads/capture-2.1.part"], content.Length, Keys("key")))
        {
            Assert.Equal(0, other.ReceivedBytes);
        }

        using (var other = new PartialUpload(Path, content.Length, Keys("otherkey")))
        {
            Assert.Equal(0, other.ReceivedBytes);
        }

        File.WriteAllBytes(Path, content[..3_000]);
        using var part = Open();
        Assert.Equal(0, part.ReceivedBytes);
        await AppendAsync(part, 0);
        Assert.Equal(content, await ReadAsync(part));
    }

    public void Dispose() => folder.Dispose();

    private PartialUpload Open()
    {
        Directory.CreateDirectory(folder["uploads"]);
        return new PartialUpload(Path, content.Length, Keys("key"));
    }

    private ArtifactKeys Keys(string name) => ArtifactKeys.Open(folder[$"keys/{name}"]);

    /// <summary>The file's length before the first chunk and after each.</summary>
    private async Task<List<int>> WriteAsync()
    {
        using var part = Open();
        List<int> ends = [(int)new FileInfo(Path).Length];
        for (var at = 0; at < content.Length; at += ChunkBytes)
        {
            await part.AppendAsync(CaptureRig.Chunk(content, at, Math.Min(ChunkBytes, content.Length - at)), CancellationToken.None);
            ends.Add((int)new FileInfo(Path).Length);
        }

        return ends;
    }

    private async Task AppendAsync(PartialUpload part, int from)
    {
        for (var at = from; at < content.Length; at += ChunkBytes)
        {
            await part.AppendAsync(CaptureRig.Chunk(content, at, Math.Min(ChunkBytes, content.Length - at)), CancellationToken.None);
        }
    }

    private static async Task<byte[]> ReadAsync(PartialUpload part)
    {
        using var all = new MemoryStream();
        await foreach (var piece in part.ReadAsync(CancellationToken.None))
        {
            all.Write(piece.Span);
        }

        return all.ToArray();
    }
}

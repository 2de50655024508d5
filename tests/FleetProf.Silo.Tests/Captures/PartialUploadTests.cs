using System.Security.Cryptography;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Captures.Artifacts.Sealing;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Captures;

public sealed class PartialUploadTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private int chunkBytes = 700;
    private byte[] content = CaptureRig.Content((700 * 6) + 50);

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
        Assert.DoesNotContain(Enumerable.Range(0, content.Length / chunkBytes), chunk => bytes.AsSpan().IndexOf(content.AsSpan(chunk * chunkBytes, 16)) >= 0);
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
            var expected = Math.Min(content.Length, Math.Max(0, ends.Count(end => end <= cut) - 1) * chunkBytes);
            Assert.Equal(expected, part.ReceivedBytes);
            await AppendAsync(part, expected);
            Assert.Equal(content, await ReadAsync(part));
        }
    }

    /// <summary>The agent's connection broke before the last of them.</summary>
    [Fact]
    public async Task Open_ChunkThatShouldFollowNeverCame_KeepsThoseBefore()
    {
        using (var part = Open())
        {
            await part.AppendAsync(CaptureRig.Chunk(content, 0, chunkBytes, hasNext: true), CancellationToken.None);
            await part.AppendAsync(CaptureRig.Chunk(content, chunkBytes, chunkBytes, hasNext: true), CancellationToken.None);
        }

        using var again = Open();
        Assert.Equal(2 * chunkBytes, again.ReceivedBytes);
        await AppendAsync(again, 2 * chunkBytes);
        Assert.Equal(content, await ReadAsync(again));
    }

    [Fact]
    public async Task Append_Fails_LeavesWhatWasDurableAndNoMore()
    {
        using var part = Open();
        await part.AppendAsync(CaptureRig.Chunk(content, 0, chunkBytes), CancellationToken.None);
        await part.AppendAsync(CaptureRig.Chunk(content, chunkBytes, chunkBytes, hasNext: true), CancellationToken.None);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => part.AppendAsync(CaptureRig.Chunk(content, 2 * chunkBytes, chunkBytes), new CancellationToken(canceled: true)));

        Assert.Equal(chunkBytes, part.ReceivedBytes);
        await AppendAsync(part, chunkBytes);
        Assert.Equal(content, await ReadAsync(part));
    }

    /// <summary>No more is at risk than is looked at when the file is opened again.</summary>
    [Fact]
    public async Task Append_MoreThanMayBeAtRiskAndAnotherFollows_IsFlushedBefore()
    {
        BecomeLarge();
        using var part = Open();
        await part.AppendAsync(CaptureRig.Chunk(content, 0, 600_000, hasNext: true), CancellationToken.None);
        await part.AppendAsync(CaptureRig.Chunk(content, 600_000, 600_000, hasNext: true), CancellationToken.None);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => part.AppendAsync(CaptureRig.Chunk(content, 1_200_000, 1_000, hasNext: true), new CancellationToken(canceled: true)));

        Assert.Equal(600_000, part.ReceivedBytes);
    }

    [Fact]
    public async Task Read_AnyByteFlipped_NeverGivesOtherBytes()
    {
        await WriteAsync();
        var whole = File.ReadAllBytes(Path);
        for (var at = 0; at < whole.Length; at += 13)
        {
            var read = await ReadChangedAsync(whole, at);
            Assert.True(content.AsSpan(0, read!.Length).SequenceEqual(read));
            Assert.True(read.Length < content.Length, $"The change at {at} was not found.");
        }
    }

    /// <summary>What was flushed before the last chunk came is not opened to find the end; it is found by reading.</summary>
    [Fact]
    public async Task Read_ByteOfAnEarlierChunkFlipped_IsFound()
    {
        BecomeLarge();
        var ends = await WriteAsync();
        var whole = File.ReadAllBytes(Path);
        foreach (var at in Enumerable.Range(1, 8).Select(part => ends[0] + ((ends[1] - ends[0]) * part / 9)))
        {
            Assert.Null(await ReadChangedAsync(whole, at));
        }
    }

    [Fact]
    public async Task Read_ChunksSwapped_GivesNoOtherBytes()
    {
        var ends = await WriteAsync();
        var whole = File.ReadAllBytes(Path);
        File.WriteAllBytes(Path, [.. whole[..ends[0]], .. whole[ends[1]..ends[2]], .. whole[ends[0]..ends[1]], .. whole[ends[2]..]]);

        using var part = Open();
        Assert.Empty(await ReadAsync(part));
    }

    /// <summary>As after a power cut: of what was written since the last flush the disk may have taken the later part alone.</summary>
    [Fact]
    public async Task Open_BeginOfTheLastChunkLost_KeepsWhatWasFlushedBefore()
    {
        BecomeLarge();
        var ends = await WriteAsync();
        var whole = File.ReadAllBytes(Path);
        whole.AsSpan(ends[^2] + 40, 4096).Clear();
        File.WriteAllBytes(Path, whole);

        using var part = Open();
        Assert.Equal((ends.Count - 2) * chunkBytes, part.ReceivedBytes);
        await AppendAsync(part, (int)part.ReceivedBytes);
        Assert.Equal(content, await ReadAsync(part));
    }

    [Fact]
    public async Task Open_OfTheVersionBefore_WithARecordForEachChunk_GoesOn()
    {
        BecomeLarge();
        Open().Dispose();
        var dataKey = WrappedKey.Unwrap(File.ReadAllBytes(Path), System.IO.Path.GetFileName(Path), Keys("key"));
        using (var cipher = new AesGcm(dataKey, SealedFormat.TagBytes))
        using (var file = new FileStream(Path, FileMode.Append))
        {
            var (nonce, record, tag, place) = (RandomNumberGenerator.GetBytes(SealedFormat.NonceBytes), new byte[chunkBytes], new byte[SealedFormat.TagBytes], new byte[sizeof(long)]);
            cipher.Encrypt(nonce, content.AsSpan(0, chunkBytes), record, tag, place);
            file.Write([.. nonce, .. BitConverter.GetBytes(chunkBytes), .. record, .. tag]);
        }

        using var part = Open();
        Assert.Equal(chunkBytes, part.ReceivedBytes);
        await AppendAsync(part, chunkBytes);
        Assert.Equal(content, await ReadAsync(part));
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

    /// <summary>Chunks of many records each.</summary>
    private void BecomeLarge() => (chunkBytes, content) = (PartialUpload.MaxChunkBytes, CaptureRig.Content((2 * PartialUpload.MaxChunkBytes) + 300_000));

    /// <summary>What is read with one byte changed; null when reading found it.</summary>
    private async Task<byte[]?> ReadChangedAsync(byte[] whole, int at)
    {
        var changed = (byte[])whole.Clone();
        changed[at] ^= 4;
        File.WriteAllBytes(Path, changed);
        using var part = Open();
        try
        {
            return await ReadAsync(part);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private ArtifactKeys Keys(string name) => ArtifactKeys.Open(folder[$"keys/{name}"]);

    /// <summary>The file's length before the first chunk and after each.</summary>
    private async Task<List<int>> WriteAsync()
    {
        using var part = Open();
        List<int> ends = [(int)new FileInfo(Path).Length];
        for (var at = 0; at < content.Length; at += chunkBytes)
        {
            await part.AppendAsync(CaptureRig.Chunk(content, at, Math.Min(chunkBytes, content.Length - at)), CancellationToken.None);
            ends.Add((int)new FileInfo(Path).Length);
        }

        return ends;
    }

    private async Task AppendAsync(PartialUpload part, int from)
    {
        for (var at = from; at < content.Length; at += chunkBytes)
        {
            await part.AppendAsync(CaptureRig.Chunk(content, at, Math.Min(chunkBytes, content.Length - at)), CancellationToken.None);
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

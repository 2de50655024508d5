using System.Security.Cryptography;
using FleetProf.Silo.Captures.Artifacts.Sealing;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Captures.Sealing;

/// <summary>Originals that lie plain: what an analysis gets is compared as it is copied.</summary>
public sealed class PlainInputTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly byte[] content = CaptureRig.Content(150_000);

    [Fact]
    public async Task Create_WithAHash_ReadsTheSourceOnceAndHandsOutWhatHasIt()
    {
        using var source = new ForwardStream(content);

        using var input = await PlainInput.CreateAsync(source, folder.Path, HashOf(content), CancellationToken.None);

        Assert.Equal(content, await File.ReadAllBytesAsync(input.Path));
        Assert.Equal(content.Length, source.BytesRead);
    }

    [Fact]
    public async Task Create_BytesWithAnotherHash_HandsOutNothing()
    {
        using var source = new ForwardStream(content);

        var refusal = await Assert.ThrowsAsync<InvalidDataException>(() => PlainInput.CreateAsync(source, folder.Path, HashOf(content[..^1]), CancellationToken.None));

        Assert.Contains("was replaced", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    public void Dispose() => folder.Dispose();

    private static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Counts what is read, and cannot go back.</summary>
    private sealed class ForwardStream(byte[] bytes) : MemoryStream(bytes)
    {
        public long BytesRead { get; private set; }

        public override long Position { get => base.Position; set => throw new InvalidOperationException("It is read twice."); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = base.Read(buffer, offset, count);
            BytesRead += read;
            return read;
        }
    }
}

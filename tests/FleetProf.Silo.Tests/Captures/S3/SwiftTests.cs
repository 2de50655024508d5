using FleetProf.Silo.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Captures.Artifacts.S3;
using FleetProf.Silo.Captures.Artifacts.Sealing;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Captures.S3;

/// <summary>The store over a bucket of a server that others wrote. That Debian 12 has takes no bodies signed in chunks.</summary>
[Trait("Ring", "process")]
public sealed class SwiftTests : IAsyncLifetime
{
    private const string NotInstalled = "Debian's python3-swift is missing. tests/run.sh installs it; where it did, this skip is an error.";
    private const int Large = 40_000_000;

    private readonly TemporaryFolder folder = new();
    private SwiftServer? server;

    public async ValueTask InitializeAsync() => server = SwiftServer.IsInstalled ? await SwiftServer.StartAsync() : null;

    public async ValueTask DisposeAsync()
    {
        await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
        folder.Dispose();
    }

    [Fact]
    public async Task Store_UploadAndResults_ComeBackAndGoTogether()
    {
        Assert.SkipUnless(server is not null, NotInstalled);
        using var shelf = Shelf(server.Options());
        var store = Store(shelf);
        var content = CaptureRig.Content(300_000);
        await StoredCapture.AddOriginalAsync(store, content, CaptureRig.Capture);
        await StoredCapture.AddResultAsync(store, CaptureRig.Capture, "gcs.json", "planted.Marker"u8.ToArray());

        Assert.Equal(content, await StoredCapture.ReadAsync(store, CaptureRig.Capture, ArtifactStore.OriginalName));
        Assert.Equal("planted.Marker"u8.ToArray(), await StoredCapture.ReadAsync(store, CaptureRig.Capture, "gcs.json"));
        Assert.True(await store.HoldsAsync(CaptureRig.Capture, content.Length, S3Signature.Hash(content), CancellationToken.None));
        Assert.Null(await store.OpenAsync(CaptureRig.Capture, "cpu.top.json", CancellationToken.None));

        await store.RemoveAsync(CaptureRig.Capture, CancellationToken.None);

        Assert.Empty(await shelf.ListAsync("", CancellationToken.None).ToListAsync());
        await Assert.ThrowsAsync<FileNotFoundException>(() => store.OpenOriginalAsync(CaptureRig.Capture, CancellationToken.None));
    }

    [Fact]
    public async Task Original_Large_GoesInPartsAndIsReadByRanges()
    {
        Assert.SkipUnless(server is not null, NotInstalled);
        using var shelf = Shelf(server.Options());
        var store = Store(shelf);
        var content = CaptureRig.Content(Large);
        await StoredCapture.AddOriginalAsync(store, content, CaptureRig.Capture);

        await using (var stream = await store.OpenOriginalAsync(CaptureRig.Capture, CancellationToken.None))
        {
            var buffer = new byte[1_000];
            foreach (var at in (int[])[Large - 1_000, 12_345_678, 0])
            {
                stream.Position = at;
                await stream.ReadExactlyAsync(buffer);
                Assert.Equal(content.AsSpan(at, 1_000), buffer.AsSpan());
            }
        }

        Assert.Equal(content, await StoredCapture.ReadAsync(store, CaptureRig.Capture, ArtifactStore.OriginalName));
    }

    [Fact]
    public async Task Original_ReplacedWhileItIsRead_IsNotMixed()
    {
        Assert.SkipUnless(server is not null, NotInstalled);
        using var shelf = Shelf(server.Options());
        await shelf.PutBytesAsync($"x/{ArtifactStore.OriginalName}", CaptureRig.Content(10_000), CancellationToken.None);
        await using var stream = await shelf.OpenAsync($"x/{ArtifactStore.OriginalName}", CancellationToken.None);
        await shelf.PutBytesAsync($"x/{ArtifactStore.OriginalName}", CaptureRig.Content(9_000), CancellationToken.None);

        await Assert.ThrowsAsync<RemovedWhileReadException>(() => stream!.ReadExactlyAsync(new byte[100]).AsTask());
    }

    [Fact]
    public async Task Refusals_OfSettings_SayWhatToChange()
    {
        Assert.SkipUnless(server is not null, NotInstalled);
        using var unknown = Shelf(server.Options(secret: "another"));
        Assert.Contains("FleetProf:Captures:S3:KeyFile", (await Assert.ThrowsAsync<StoreAwayException>(() => unknown.PutBytesAsync("x/y", [1], CancellationToken.None))).Message, StringComparison.Ordinal);

        using var missing = Shelf(server.Options(bucket: "none"));
        Assert.Contains("has no bucket none. Create it", (await Assert.ThrowsAsync<StoreAwayException>(() => missing.PutBytesAsync("x/y", [1], CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    private S3Shelf Shelf(S3Options options) => new(options, folder[Guid.NewGuid().ToString("n")], retries: 0);

    private ArtifactStore Store(S3Shelf shelf) => new(folder["store"], keys: ArtifactKeys.Open(folder["key"]), shelf: shelf, runOf: StoredCapture.RunOfAsync);
}

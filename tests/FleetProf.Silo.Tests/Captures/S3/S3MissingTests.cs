using FleetProf.Silo.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Captures.Artifacts.S3;
using FleetProf.Silo.Captures.Artifacts.Sealing;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Captures.S3;

/// <summary>404 of a server and of others in its place: an object is missing only where a GET says so, and nothing is stored by being answered that.</summary>
public sealed class S3MissingTests : IAsyncLifetime
{
    private const int Large = 20_000_000;

    private readonly TemporaryFolder folder = new();
    private FakeS3 server = null!;

    public async ValueTask InitializeAsync() => server = await FakeS3.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("HEAD")]
    [InlineData("GET")]
    public async Task Answer_404InHtml_MeansThatTheStoreIsAway(string method)
    {
        using var shelf = Shelf();
        await shelf.PutBytesAsync("x/y", [1, 2], CancellationToken.None);
        server.Misleads = request => request.Method == method;

        Task AskAsync() => method switch
        {
            "PUT" => shelf.PutBytesAsync("x/z", [1], CancellationToken.None),
            "DELETE" => shelf.RemoveAsync("x/y", CancellationToken.None),
            "HEAD" => shelf.OpenAsync("x/y", CancellationToken.None),
            _ => shelf.ReadBytesAsync("x/y", CancellationToken.None),
        };

        await Assert.ThrowsAsync<StoreAwayException>(AskAsync);
        Assert.Equal("x/y", Assert.Single(server.Objects.Keys));
    }

    [Fact]
    public async Task Delete_OfWhatTheServerSaysIsMissing_IsDone()
    {
        using var shelf = Shelf();
        server.Refusal = request => request.Method == "DELETE" ? (404, "NoSuchKey") : null;

        await shelf.RemoveAsync("x/y", CancellationToken.None);

        Assert.Contains(server.Requests, request => request.StartsWith("DELETE x/y", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Original_MissingByHeadAlone_IsNotMissing()
    {
        var store = Store();
        await StoredCapture.AddOriginalAsync(store, [1, 2, 3], CaptureRig.Capture);

        server.Misleads = _ => true;
        await Assert.ThrowsAsync<StoreAwayException>(() => store.OpenOriginalAsync(CaptureRig.Capture, CancellationToken.None));
        server.Misleads = request => request.Method == "HEAD";
        await Assert.ThrowsAsync<StoreAwayException>(() => store.OpenOriginalAsync(CaptureRig.Capture, CancellationToken.None));

        server.Misleads = _ => false;
        server.Objects.Clear();
        await Assert.ThrowsAsync<FileNotFoundException>(() => store.OpenOriginalAsync(CaptureRig.Capture, CancellationToken.None));
    }

    [Theory]
    [InlineData("PUT", "partNumber")]
    [InlineData("POST", "uploadId")]
    public async Task Upload_WhosePartsTheServerGaveUp_IsAwayAndBeginsAnew(string method, string query)
    {
        var store = Store();
        var content = CaptureRig.Content(Large);
        server.Refusal = request => request.Method == method && request.Query.ContainsKey(query) ? (404, "NoSuchUpload") : null;
        using (var part = store.OpenPart(CaptureRig.Capture, 1, S3Signature.Hash(content), Large))
        {
            for (var at = 0; at < Large; at += 1_000_000)
            {
                await part.AppendAsync(CaptureRig.Chunk(content, at, 1_000_000), CancellationToken.None);
            }

            await Assert.ThrowsAsync<StoreAwayException>(() => store.TryAdoptOriginalAsync(CaptureRig.Capture, 1, S3Signature.Hash(content), part, CancellationToken.None));
            server.Refusal = _ => null;
            Assert.True(await store.TryAdoptOriginalAsync(CaptureRig.Capture, 1, S3Signature.Hash(content), part, CancellationToken.None));
        }

        Assert.Equal(content, await StoredCapture.ReadAsync(store, CaptureRig.Capture, "original.nettrace"));
        Assert.Empty(Directory.EnumerateFiles(folder["one/s3/new"]));
    }

    [Fact]
    public async Task Rewrap_WhoseKeyIsNotTaken_CountsNothingAndSaysSo()
    {
        await StoredCapture.AddOriginalAsync(Store(), [1, 2, 3], CaptureRig.Capture);
        await File.WriteAllTextAsync(folder["key"], Convert.ToBase64String(new byte[ArtifactKeys.KeyBytes]) + "\n" + await File.ReadAllTextAsync(folder["key"]));
        server.Misleads = request => request.Method == "PUT";

        await Assert.ThrowsAsync<StoreAwayException>(() => Store().RewrapAsync(CancellationToken.None));

        server.Misleads = _ => false;
        Assert.Equal((1, 0), await Store().RewrapAsync(CancellationToken.None));
    }

    private S3Shelf Shelf() => new(
        new S3Options { Endpoint = server.Address.ToString(), Bucket = FakeS3.Bucket, AccessKey = FakeS3.KeyId, SecretKey = FakeS3.Secret }, folder["one"], retries: 0);

    private ArtifactStore Store() => new(folder["one"], keys: ArtifactKeys.Open(folder["key"]), shelf: Shelf());
}

using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Captures.Artifacts.S3;
using FleetProf.Silo.Captures.Artifacts.Sealing;
using FleetProf.Silo.Storage.Backups;
using FleetProf.Silo.Tests.Storage;
using Grpc.Core;
using Microsoft.Extensions.Configuration;

namespace FleetProf.Silo.Tests.Captures.S3;

/// <summary>The store over a bucket, by the real client, against a server that checks every signature.</summary>
public sealed class S3ShelfTests : IAsyncLifetime
{
    private const int Large = 40_000_000;

    private readonly TemporaryFolder folder = new();
    private FakeS3 server = null!;

    public async ValueTask InitializeAsync() => server = await FakeS3.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Store_UploadAndResults_AreInTheBucketSealedAndGoTogether()
    {
        var store = Store();
        var content = CaptureRig.Content(300_000);
        await StoredCapture.AddOriginalAsync(store, content, CaptureRig.Capture);
        await AddResultsAsync(store);

        Assert.Equal(content, await StoredCapture.ReadAsync(store, CaptureRig.Capture, "original.nettrace"));
        Assert.Equal("planted.Marker"u8.ToArray(), await StoredCapture.ReadAsync(store, CaptureRig.Capture, "gcs.json"));
        Assert.All(server.Objects, stored => Assert.False(StoredCapture.Shows(stored.Value, "planted.Marker") || stored.Value.AsSpan().IndexOf(content.AsSpan(0, 32)) >= 0, stored.Key));
        Assert.Null(StoredCapture.FindFileThatShows(folder.Path, "planted.Marker"));
        Assert.True(await store.HoldsAsync(CaptureRig.Capture, content.Length, S3Signature.Hash(content), CancellationToken.None));
        Assert.Null(await store.OpenAsync(CaptureRig.Capture, "cpu.top.json", CancellationToken.None));
        Assert.Equal(content, await StoredCapture.ReadAsync(Store("two"), CaptureRig.Capture, "original.nettrace"));
        Assert.Empty(Directory.EnumerateFiles(folder["one/s3/new"]));

        await store.RemoveAsync(CaptureRig.Capture, CancellationToken.None);

        Assert.Empty(server.Objects);
        Assert.Empty(Directory.EnumerateFiles(folder["one/s3"], "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Original_Large_GoesInPartsAndIsReadByRanges()
    {
        var store = Store();
        var content = CaptureRig.Content(Large);
        await StoredCapture.AddOriginalAsync(store, content, CaptureRig.Capture);
        Assert.Equal(3, server.Requests.Count(request => request.Contains("partNumber", StringComparison.Ordinal)));
        server.Requests.Clear();

        await using var stream = await store.OpenOriginalAsync(CaptureRig.Capture, CancellationToken.None);
        var buffer = new byte[1_000];
        foreach (var at in (int[])[Large - 1_000, 12_345_678, 0, 4_194_000])
        {
            stream.Position = at;
            await stream.ReadExactlyAsync(buffer);
            Assert.Equal(content.AsSpan(at, 1_000), buffer.AsSpan());
        }

        // The head, the key, and a range for each place but that beside another's.
        Assert.InRange(server.Requests.Count, 5, 7);
        Assert.Equal(content, await StoredCapture.ReadAsync(store, CaptureRig.Capture, "original.nettrace"));
    }

    [Fact]
    public async Task Results_AskedAgain_AreFetchedOnceAndTheOldestGiveWay()
    {
        var store = Store(cacheBytes: 150_000);
        await AddResultsAsync(store);
        await StoredCapture.ReadAsync(store, CaptureRig.Capture, "heap.tree");
        server.Requests.Clear();

        await StoredCapture.ReadAsync(store, CaptureRig.Capture, "heap.tree");
        Assert.DoesNotContain(server.Requests, request => request.StartsWith("GET", StringComparison.Ordinal) && request.EndsWith("heap.tree", StringComparison.Ordinal));

        await StoredCapture.ReadAsync(store, CaptureRig.Capture, "heap.graph");
        Assert.InRange(Directory.EnumerateFiles(folder["one/s3/results"], "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), 100_000, 150_000);
        Assert.Equal(CaptureRig.Content(100_000), await StoredCapture.ReadAsync(store, CaptureRig.Capture, "heap.tree"));
    }

    /// <summary>Trees of heaps are read at once, and not awaited.</summary>
    [Fact]
    public async Task Results_WithoutRoomForACopy_AreReadByRanges()
    {
        var store = new ArtifactStore(
            folder["one"], keys: ArtifactKeys.Open(folder["key"]), shelf: new S3Shelf(Options(), folder["one"], reserveBytes: 1_000, freeBytes: () => 1_000), runOf: StoredCapture.RunOfAsync);
        await AddResultsAsync(store);

        await using var stream = await store.OpenAsync(CaptureRig.Capture, "heap.tree", CancellationToken.None);
        var tree = new byte[100_000];
        Assert.Equal(tree.Length, stream!.ReadAtLeast(tree, tree.Length, throwOnEndOfStream: false));

        Assert.Equal(CaptureRig.Content(tree.Length), tree);
        Assert.Empty(Directory.EnumerateFiles(folder["one/s3/results"], "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Object_ReplacedByAPlainOne_IsRefused()
    {
        var store = Store();
        await StoredCapture.AddOriginalAsync(store, CaptureRig.Content(1_000), CaptureRig.Capture);
        server.Objects[server.Objects.Keys.Single(key => key.EndsWith("original.nettrace", StringComparison.Ordinal))] = CaptureRig.Content(900);

        await Assert.ThrowsAsync<InvalidDataException>(() => StoredCapture.ReadAsync(store, CaptureRig.Capture, "original.nettrace"));
    }

    [Fact]
    public async Task Rewrap_NewKeyAhead_LetsTheOldKeyGo()
    {
        var content = CaptureRig.Content(1_000);
        await StoredCapture.AddOriginalAsync(Store(), content, CaptureRig.Capture);
        await AddResultsAsync(Store());
        var old = File.ReadAllText(folder["key"]);
        var fresh = Convert.ToBase64String(new byte[ArtifactKeys.KeyBytes]) + "\n";
        File.WriteAllText(folder["key"], fresh + old);

        Assert.Equal((2, 0), await Store().RewrapAsync(CancellationToken.None));

        File.WriteAllText(folder["key"], fresh);
        Assert.Equal(content, await StoredCapture.ReadAsync(Store(), CaptureRig.Capture, "original.nettrace"));
    }

    [Theory]
    [InlineData(503, "SlowDown")]
    [InlineData(500, "InternalError")]
    public async Task Server_AsksForPatience_IsTriedAgainAndThenSaysSo(int status, string code)
    {
        var store = Store();
        var left = 2;
        server.Refusal = _ => left-- > 0 ? (status, code) : null;
        await StoredCapture.AddOriginalAsync(store, [1, 2, 3], CaptureRig.Capture);

        server.Refusal = _ => (status, code);
        var away = await Assert.ThrowsAsync<StoreAwayException>(() => StoredCapture.ReadAsync(store, CaptureRig.Capture, "original.nettrace"));
        Assert.Contains("FleetProf:Captures:S3:Endpoint", away.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_NotThere_IsAway()
    {
        var shelf = new S3Shelf(Options(endpoint: "http://127.0.0.1:1"), folder["one"], retries: 0);

        await Assert.ThrowsAsync<StoreAwayException>(() => shelf.ReadBytesAsync("x/y", CancellationToken.None));
    }

    [Fact]
    public async Task Answer_CutInTheMiddle_IsAskedForAgain()
    {
        var store = Store();
        var content = CaptureRig.Content(200_000);
        await StoredCapture.AddOriginalAsync(store, content, CaptureRig.Capture);
        await AddResultsAsync(store);
        var answers = 0;
        server.CutsAnswer = () => answers++ % 2 == 0;

        Assert.Equal(content, await StoredCapture.ReadAsync(store, CaptureRig.Capture, "original.nettrace"));
        Assert.Equal(CaptureRig.Content(100_000), await StoredCapture.ReadAsync(store, CaptureRig.Capture, "heap.tree"));
        server.CutsAnswer = () => true;
        await Assert.ThrowsAsync<StoreAwayException>(() => StoredCapture.ReadAsync(store, CaptureRig.Capture, "original.nettrace"));
    }

    [Fact]
    public async Task Part_Refused_LeavesNoPartsAndTheFileForAnotherTry()
    {
        var store = Store();
        var content = CaptureRig.Content(Large);
        server.Refusal = request => request.Query["partNumber"] == "2" ? (403, "AccessDenied") : null;
        using (var part = store.OpenPart(CaptureRig.Capture, 1, S3Signature.Hash(content), Large))
        {
            for (var at = 0; at < Large; at += 1_000_000)
            {
                await part.AppendAsync(CaptureRig.Chunk(content, at, 1_000_000), CancellationToken.None);
            }

            await Assert.ThrowsAsync<StoreAwayException>(() => store.TryAdoptOriginalAsync(CaptureRig.Capture, 1, S3Signature.Hash(content), part, CancellationToken.None));
            Assert.Equal(0, server.OpenUploads);
            server.Refusal = _ => null;
            Assert.True(await store.TryAdoptOriginalAsync(CaptureRig.Capture, 1, S3Signature.Hash(content), part, CancellationToken.None));
        }

        Assert.Equal(content, await StoredCapture.ReadAsync(store, CaptureRig.Capture, "original.nettrace"));
        Assert.Single(server.Objects.Keys, name => !name.EndsWith(".key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refusals_OfSettings_SayWhatToChange()
    {
        var unknown = await Assert.ThrowsAsync<StoreAwayException>(() => Shelf(Options(secret: "another")).PutBytesAsync("x/y", [1], CancellationToken.None));
        Assert.Contains("FleetProf:Captures:S3:KeyFile", unknown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another", unknown.Message, StringComparison.Ordinal);

        var bucket = await Assert.ThrowsAsync<StoreAwayException>(() => Shelf(Options(bucket: "none")).PutBytesAsync("x/y", [1], CancellationToken.None));
        Assert.Contains("has no bucket none. Create it", bucket.Message, StringComparison.Ordinal);

        server.Refusal = _ => (403, "AccessDenied");
        var denied = await Assert.ThrowsAsync<StoreAwayException>(() => Shelf(Options()).PutBytesAsync("x/y", [1], CancellationToken.None));
        Assert.Contains("needs to get, put, delete and list", denied.Message, StringComparison.Ordinal);

        server.Refusal = _ => (507, "XMinioStorageFull");
        var full = await Assert.ThrowsAsync<IOException>(() => Shelf(Options()).PutBytesAsync("x/y", [1], CancellationToken.None));
        Assert.True(DurableFile.IsDiskFull(full), full.Message);
    }

    [Fact]
    public async Task Upload_WhileTheStoreIsAwayOrFull_WaitsWithItsAgentAndArrivesLater()
    {
        using var rig = new CaptureRig(new CaptureOptions { ReserveBytes = 0, AnalyzerIsolation = AnalyzerIsolation.Off, Store = StoreKind.S3, S3 = Options() });
        var content = CaptureRig.Content(5_000);
        server.Refusal = _ => (503, "SlowDown");
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => rig.UploadAsync(content))).StatusCode);

        server.Refusal = request => request.Method == "PUT" ? (507, "XMinioStorageFull") : null;
        Assert.Equal(nameof(CaptureFailure.StoreFull), (await rig.Intake.CompleteAsync(CaptureRig.Offer(content))).Failure);

        server.Refusal = _ => null;
        Assert.True((await rig.Intake.CompleteAsync(CaptureRig.Offer(content))).IsComplete);
        Assert.Equal(content, await rig.ReadAsync("original.nettrace"));
    }

    /// <summary>It takes somebody to mend it, perhaps after days: an agent counts no time until then.</summary>
    [Theory]
    [InlineData(403, "InvalidAccessKeyId")]
    [InlineData(403, "AccessDenied")]
    [InlineData(404, "NoSuchBucket")]
    public async Task Upload_WhileTheKeyIsRefused_WaitsWithItsAgentAndArrivesLater(int status, string code)
    {
        using var rig = new CaptureRig(new CaptureOptions { ReserveBytes = 0, AnalyzerIsolation = AnalyzerIsolation.Off, Store = StoreKind.S3, S3 = Options() });
        var content = CaptureRig.Content(5_000);
        server.Refusal = _ => (status, code);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => rig.UploadAsync(content))).StatusCode);

        server.Refusal = _ => null;
        Assert.True((await rig.Intake.CompleteAsync(CaptureRig.Offer(content))).IsComplete);
        Assert.Equal(content, await rig.ReadAsync("original.nettrace"));
    }

    [Fact]
    public async Task Backup_OfABucket_IsRestoredIntoAnEmptyOne()
    {
        using var rig = new CaptureRig(new CaptureOptions { ReserveBytes = 0, AnalyzerIsolation = AnalyzerIsolation.Off, Store = StoreKind.S3, S3 = Options() });
        var content = CaptureRig.Content(5_000);
        await rig.UploadAsync(content);
        var before = server.Objects.ToDictionary();

        Assert.Equal((0, ""), Run(BackupCommand.Run, rig.Folder));
        server.Objects.Clear();
        Assert.Equal((0, ""), Run(RestoreCommand.Run, folder["restored"]));

        Assert.Equal(before.OrderBy(stored => stored.Key), server.Objects.OrderBy(stored => stored.Key));
        Assert.Equal(content, await rig.ReadAsync("original.nettrace"));
    }

    [Fact]
    public async Task Backup_OfWhichRetentionDeletesWhatIsRead_GoesOnWithoutIt()
    {
        using var rig = new CaptureRig(new CaptureOptions { ReserveBytes = 0, AnalyzerIsolation = AnalyzerIsolation.Off, Store = StoreKind.S3, S3 = Options() });
        await rig.UploadAsync(CaptureRig.Content(5_000));
        var original = server.Objects.Keys.Single(key => key.EndsWith(ArtifactStore.OriginalName, StringComparison.Ordinal));
        server.Refusal = request =>
        {
            if (request.Method == "GET" && request.Path.Value!.EndsWith(ArtifactStore.OriginalName, StringComparison.Ordinal))
            {
                server.Objects.TryRemove(original, out _);
            }

            return null;
        };

        Assert.Equal((0, ""), Run(BackupCommand.Run, rig.Folder));
        Assert.False(File.Exists(StoredCapture.OriginalPath(folder["backup"], CaptureRig.Capture)), "A part of what was removed is in the backup.");
        Assert.Equal((0, ""), Run(RestoreCommand.Run, folder["restored"]));
    }

    [Fact]
    public async Task Backup_OfAKeyThatIsWrappedAnewWhileItIsRead_HasTheNewOne()
    {
        using var rig = new CaptureRig(new CaptureOptions { ReserveBytes = 0, AnalyzerIsolation = AnalyzerIsolation.Off, Store = StoreKind.S3, S3 = Options() });
        await rig.UploadAsync(CaptureRig.Content(5_000));
        var key = server.Objects.Keys.Single(name => name.EndsWith(".key", StringComparison.Ordinal));
        byte[] anew = [.. server.Objects[key]];
        anew[^1] ^= 1;
        server.Refusal = request =>
        {
            if (request.Method == "GET" && request.Path.Value!.EndsWith(".key", StringComparison.Ordinal))
            {
                server.Objects[key] = anew;
            }

            return null;
        };

        Assert.Equal((0, ""), Run(BackupCommand.Run, rig.Folder));
        Assert.Equal(anew, await File.ReadAllBytesAsync(Path.Combine(folder["backup"], "artifacts", key["fleet prof/".Length..])));
    }

    [Fact]
    public void Options_Incomplete_NameTheirKeys()
    {
        string[] Problems(S3Options options) => [.. new CaptureOptions { Store = StoreKind.S3, S3 = options }.Problems()];

        Assert.Empty(Problems(Options()));
        Assert.Contains(Problems(new S3Options()), problem => problem.StartsWith("FleetProf:Captures:S3:Bucket", StringComparison.Ordinal));
        Assert.Contains(Problems(new S3Options { Bucket = "b" }), problem => problem.Contains("KeyFile", StringComparison.Ordinal));
        Assert.Contains(Problems(new S3Options { Bucket = "b", KeyFile = "k", Prefix = "/x" }), problem => problem.Contains("Prefix", StringComparison.Ordinal));
        Assert.Contains(Problems(new S3Options { Bucket = "b", KeyFile = "k", Endpoint = "s3.example" }), problem => problem.Contains("Endpoint", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://s3.example:9000", false, false)]
    [InlineData("http://10.0.0.7", false, false)]
    [InlineData("http://s3.example:9000", true, true)]
    [InlineData("https://s3.example:9000", false, true)]
    [InlineData("http://127.0.0.1:9000", false, true)]
    [InlineData("http://localhost:9000", false, true)]
    public void Options_EndpointOfAnotherHost_NeedsTlsOrLeave(string endpoint, bool isAllowed, bool isFine)
    {
        var problems = new S3Options { Bucket = "b", KeyFile = "k", Endpoint = endpoint, AllowPlainHttp = isAllowed }.Problems();

        if (isFine)
        {
            Assert.Empty(problems);
        }
        else
        {
            Assert.Contains("FleetProf:Captures:S3:AllowPlainHttp=true", Assert.Single(problems), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void KeyFile_TwoLines_AreTheKey()
    {
        File.WriteAllText(folder["s3key"], "AKID\nsecret\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder["s3key"], UnixFileMode.UserRead | UnixFileMode.OtherRead);
            Assert.Contains("chmod 600", Assert.Throws<IOException>(() => new S3Options { KeyFile = folder["s3key"] }.ReadKey()).Message, StringComparison.Ordinal);
            File.SetUnixFileMode(folder["s3key"], UnixFileMode.UserRead);
        }

        Assert.Equal(("AKID", "secret"), new S3Options { KeyFile = folder["s3key"] }.ReadKey());
    }

    private S3Options Options(string bucket = FakeS3.Bucket, string secret = FakeS3.Secret, long cacheBytes = 1 << 30, string? endpoint = null) => new()
    {
        Endpoint = endpoint ?? server.Address.ToString(), Bucket = bucket, AccessKey = FakeS3.KeyId, SecretKey = secret, Prefix = "fleet prof/", CacheBytes = cacheBytes,
    };

    private S3Shelf Shelf(S3Options options) => new(options, folder[Guid.NewGuid().ToString("n")], retries: 0);

    private ArtifactStore Store(string silo = "one", long cacheBytes = 1 << 30) =>
        new(folder[silo], keys: ArtifactKeys.Open(folder["key"]), shelf: new S3Shelf(Options(cacheBytes: cacheBytes), folder[silo], retries: 3), runOf: StoredCapture.RunOfAsync);

    private static async Task AddResultsAsync(ArtifactStore store)
    {
        using var run = store.CreateAnalysisFolder(CaptureRig.Capture);
        await File.WriteAllTextAsync(Path.Combine(run.Output, "gcs.json"), "planted.Marker");
        await File.WriteAllBytesAsync(Path.Combine(run.Output, "heap.tree"), CaptureRig.Content(100_000));
        await File.WriteAllBytesAsync(Path.Combine(run.Output, "heap.graph"), CaptureRig.Content(110_000));
        await store.AdoptOutputsAsync(CaptureRig.Capture, StoredCapture.Run, run.Output, CancellationToken.None);
    }

    private (int Code, string Problems) Run(Func<IConfiguration, TextWriter, TextWriter, int> run, string dataFolder)
    {
        using var problems = new StringWriter();
        var options = Options();
        var settings = new Dictionary<string, string?>
        {
            ["FleetProf:Silo:DataFolder"] = dataFolder, ["FleetProf:Silo:ArtifactKey"] = folder["key"], ["FleetProf:Backup:Folder"] = folder["backup"], ["FleetProf:Captures:Store"] = "S3",
            ["FleetProf:Captures:S3:Endpoint"] = options.Endpoint, ["FleetProf:Captures:S3:Bucket"] = options.Bucket, ["FleetProf:Captures:S3:Prefix"] = options.Prefix,
            ["FleetProf:Captures:S3:AccessKey"] = options.AccessKey, ["FleetProf:Captures:S3:SecretKey"] = options.SecretKey,
        };
        return (run(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), TextWriter.Null, problems), problems.ToString());
    }
}

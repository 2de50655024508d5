using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using FleetProf.Contracts.Captures;
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
        Assert.Equal((0, 1), await without.RewrapAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Rewrap_NewKeyAhead_LetsTheOldKeyGo()
    {
        var content = await AdoptAsync(Store());
        await AddResultsAsync();
        var fresh = Convert.ToBase64String(RandomNumberGenerator.GetBytes(ArtifactKeys.KeyBytes)) + "\n";
        File.WriteAllText(KeyPath, fresh + File.ReadAllText(KeyPath));

        Assert.Equal((2, 0), await Store().RewrapAsync(CancellationToken.None));
        Assert.Equal((0, 0), await Store().RewrapAsync(CancellationToken.None));
        File.WriteAllText(KeyPath, fresh);

        Assert.Equal(content, await ReadAsync(Store()));
        Assert.Equal("{}", Encoding.UTF8.GetString(await StoredCapture.ReadAsync(Store(), CaptureRig.Capture, "summary.json")));
    }

    /// <summary>Each silo knows what the file held when it started, and they start one after the other at each step of docs/guides/storage.md.</summary>
    [Fact]
    public async Task Rewrap_OfTwoSilosByTheStepsOfTheGuide_LeavesNothingThatEitherCannotRead()
    {
        ArtifactStore[] silos = [Store(), Store()];
        var (old, fresh) = (File.ReadAllText(KeyPath), Convert.ToBase64String(RandomNumberGenerator.GetBytes(ArtifactKeys.KeyBytes)) + "\n");
        var captures = new List<string>();
        foreach (var lines in new[] { old, old + fresh, fresh + old, fresh })
        {
            File.WriteAllText(KeyPath, lines);
            for (var i = 0; i < silos.Length; i++)
            {
                silos[i] = Store();
                Assert.Equal(0, (await silos[i].RewrapAsync(CancellationToken.None)).Failed);
                foreach (var silo in silos)
                {
                    captures.Add(CaptureId.Of(CaptureRig.CampaignId, captures.Count));
                    await StoredCapture.AddOriginalAsync(silo, CaptureRig.Content(1_000), captures[^1]);
                }

                foreach (var (silo, capture) in from silo in silos from capture in captures select (silo, capture))
                {
                    Assert.Equal(CaptureRig.Content(1_000), await StoredCapture.ReadAsync(silo, capture, "original.nettrace"));
                }
            }
        }
    }

    [Fact]
    public void Open_KeyThatTheSilosUserMayNotRead_SaysWhoNeedsIt()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Store();
        foreach (var open in new[] { folder.Path, folder["data"], Path.GetDirectoryName(KeyPath)! })
        {
            File.SetUnixFileMode(open, (UnixFileMode)0b111_101_101);
        }

        File.SetUnixFileMode(KeyPath, UnixFileMode.None);
        var unreadable = Denied.To(() => Assert.Throws<IOException>(() => ArtifactKeys.Open(KeyPath)));

        Assert.Contains($"user {Environment.UserName} may not read the artifact key {KeyPath}. As root run: chown", unreadable.Message, StringComparison.Ordinal);
    }

    /// <summary>As in a folder of root's that a setting names.</summary>
    [Fact]
    public async Task Open_KeyIsMissingAndCannotBeMade_SaysTheCommandThatMakesIt()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var path = folder["etc/artifact.key"];
        Directory.CreateDirectory(folder["etc"]);
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(folder["etc"], (UnixFileMode)0b101_101_101);
        var refusal = Denied.To(() => Assert.Throws<IOException>(() => ArtifactKeys.Open(path)));
        File.SetUnixFileMode(folder["etc"], (UnixFileMode)0b111_101_101);

        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", refusal.Message[refusal.Message.IndexOf("(umask", StringComparison.Ordinal)..]]))!;
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, shell.ExitCode);
        Assert.False(ArtifactKeys.Open(path).HasFormer);
    }

    [Theory]
    [InlineData(CatalogKind.Sqlite, "original.nettrace")]
    [InlineData(CatalogKind.Postgres, "original.pb.gz")]
    public async Task Open_FilesFromBeforeThereWereKeys_AreReadWhileTheyAreWhatTheCatalogSays(CatalogKind kind, string original)
    {
        using var catalog = new TemporaryCatalog(kind: kind);
        var (store, content) = (Store(catalog), CaptureRig.Content(150_000));
        Directory.CreateDirectory(folder[$"data/artifacts/{CaptureRig.Capture}/analysis"]);
        File.WriteAllBytes(OriginalPath, content);
        File.WriteAllText(ResultPath("gcs.json"), "[]");
        File.WriteAllText(ResultPath("heap.tree"), "planted");
        await AddRowsAsync(catalog, original, content, [new StoredFile("gcs.json", "application/json", 2, Convert.ToHexStringLower(SHA256.HashData("[]"u8)))]);

        Assert.Equal(content, await ReadAsync(store));
        Assert.Equal("[]", Encoding.UTF8.GetString(await StoredCapture.ReadAsync(store, CaptureRig.Capture, "gcs.json")));
        Assert.Equal((0, 0), await store.RewrapAsync(CancellationToken.None));
        using (var input = await store.OpenForAnalysisAsync(CaptureRig.Capture, folder.Path, CancellationToken.None))
        {
            Assert.Equal(content, await File.ReadAllBytesAsync(input.Path));
        }

        File.WriteAllText(ResultPath("gcs.json"), "{}");
        File.WriteAllBytes(OriginalPath, content[..^1]);
        await AssertReplacedAsync(store, "original.nettrace", "gcs.json", "heap.tree");
    }

    [Fact]
    public async Task Open_PlainFileInThePlaceOfASealedOne_IsRefusedWhateverIsInIt()
    {
        using var catalog = new TemporaryCatalog();
        var store = Store(catalog);
        var content = await AdoptAsync(store);
        using var run = store.CreateAnalysisFolder(CaptureRig.Capture);
        await File.WriteAllTextAsync(Path.Combine(run.Output, "gcs.json"), "[]");
        var results = await store.AdoptOutputsAsync(CaptureRig.Capture, ArtifactStore.NewRun(), run.Output, CancellationToken.None);
        await AddRowsAsync(catalog, "original.nettrace", content, results);
        Assert.Equal("[]", Encoding.UTF8.GetString(await StoredCapture.ReadAsync(store, CaptureRig.Capture, "gcs.json")));

        var forged = CaptureRig.Content(content.Length + 1);
        File.WriteAllBytes(OriginalPath, forged);
        File.WriteAllText(folder[$"data/artifacts/{CaptureRig.Capture}/analysis-{results[0].Run}/gcs.json"], "[]");

        await AssertReplacedAsync(store, "original.nettrace", "gcs.json");
        Assert.False(await store.HoldsAsync(CaptureRig.Capture, forged.Length, Convert.ToHexStringLower(SHA256.HashData(forged)), CancellationToken.None));
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
        await AddResultsAsync();
        await Store().RemoveAsync(CaptureRig.Capture, CancellationToken.None);

        Assert.Equal([FolderMark.FileName], Directory.EnumerateFileSystemEntries(folder["data/artifacts"]).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public async Task Adopt_AfterATryThatWasKilled_TakesItsPlace()
    {
        await AdoptAsync(Store());
        File.WriteAllBytes($"{OriginalPath}.0011223344556677.key", [1, 2, 3]);
        File.WriteAllBytes(OriginalPath + ".new", [1, 2, 3]);
        File.SetLastWriteTimeUtc(OriginalPath + ".new", DateTime.UnixEpoch);
        Assert.Equal(150_000, (await ReadAsync(Store())).Length);

        var second = CaptureRig.Content(50_000);
        await StoredCapture.AddOriginalAsync(Store(), second, CaptureRig.Capture);

        Assert.Equal(second, await ReadAsync(Store()));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(OriginalPath)!), file => !file.EndsWith(".key", StringComparison.Ordinal));
    }

    /// <summary>Two silos store the same upload, where the first was thought gone: its file gets the name last.</summary>
    [Fact]
    public async Task Adopt_FileOfAnEarlierTryTakesTheNameLater_CanBeRead()
    {
        await AdoptAsync(Store());
        var early = (Stored: File.ReadAllBytes(OriginalPath), Plain: await ReadAsync(Store()));
        await StoredCapture.AddOriginalAsync(Store(), CaptureRig.Content(50_000), CaptureRig.Capture);

        File.WriteAllBytes(OriginalPath, early.Stored);

        Assert.Equal(early.Plain, await ReadAsync(Store()));
    }

    [Fact]
    public async Task Results_Sealed_ShowNothingAndCannotStandInForEachOther()
    {
        await AddResultsAsync();

        Assert.Equal(CaptureRig.Content(200_000), await StoredCapture.ReadAsync(Store(), CaptureRig.Capture, "heap.tree"));
        Assert.Null(StoredCapture.FindFileThatShows(folder["data"], "planted.Marker"));
        Assert.Equal((0, 0), await Store().RewrapAsync(CancellationToken.None));

        File.Copy(ResultPath("summary.json"), ResultPath("gcs.json"), overwrite: true);
        await Assert.ThrowsAsync<InvalidDataException>(() => StoredCapture.ReadAsync(Store(), CaptureRig.Capture, "gcs.json"));

        var tree = File.ReadAllBytes(ResultPath("heap.tree"));
        tree[100_000] ^= 1;
        File.WriteAllBytes(ResultPath("heap.tree"), tree);
        await Assert.ThrowsAsync<InvalidDataException>(() => StoredCapture.ReadAsync(Store(), CaptureRig.Capture, "heap.tree"));
    }

    [Fact]
    public async Task Results_WithoutTheirKey_SayWhichKeyIsMissing()
    {
        await AddResultsAsync();
        File.Delete(KeyPath);

        var refusal = await Assert.ThrowsAsync<IOException>(() => StoredCapture.ReadAsync(Store(), CaptureRig.Capture, "summary.json"));

        Assert.Matches("wrapped by key [0-9a-f]{32}, which the artifact key file does not hold", refusal.Message);
    }

    [Fact]
    public async Task Results_OfOtherRuns_StandBesideThoseThatCountAndGoAlone()
    {
        var (counted, killed) = (ArtifactStore.NewRun(), ArtifactStore.NewRun());
        await AddResultsAsync();
        await AddResultsAsync(counted);
        await AddResultsAsync(killed);
        File.WriteAllText(ResultPath("gcs.json"), "of a version before");
        var store = new ArtifactStore(folder["data"], keys: ArtifactKeys.Open(KeyPath), runOf: (_, _, _) => Task.FromResult<string?>(counted));
        Assert.Equal("[planted.Marker]", Encoding.UTF8.GetString(await StoredCapture.ReadAsync(store, CaptureRig.Capture, "gcs.json")));

        await store.RemoveRunsAsync(await store.ListOtherRunsAsync(CaptureRig.Capture, counted, CancellationToken.None), CancellationToken.None);

        Assert.Equal([$"analysis-{counted}"], Directory.GetDirectories(Path.GetDirectoryName(OriginalPath)!).Select(path => Path.GetFileName(path)));
        Assert.Equal("[planted.Marker]", Encoding.UTF8.GetString(await StoredCapture.ReadAsync(store, CaptureRig.Capture, "gcs.json")));
    }

    public void Dispose() => folder.Dispose();

    private string KeyPath => folder["data/keys/artifact.key"];

    private string[] Files() => Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories);

    private ArtifactStore Store() => new(folder["data"], keys: ArtifactKeys.Open(KeyPath));

    /// <summary>One that asks the catalog, as that of a silo.</summary>
    private ArtifactStore Store(TemporaryCatalog catalog)
    {
        var table = new ArtifactTable(catalog.Database, TimeProvider.System);
        return new ArtifactStore(folder["data"], keys: ArtifactKeys.Open(KeyPath), runOf: table.FindRunAsync) { KnownPlain = table.FindPlainAsync };
    }

    private static async Task AddRowsAsync(TemporaryCatalog catalog, string original, byte[] content, IReadOnlyList<StoredFile> results)
    {
        var table = new ArtifactTable(catalog.Database, TimeProvider.System);
        var artifact = new Artifact
        {
            CaptureId = CaptureRig.Capture, CampaignId = CaptureRig.CampaignId, Attempt = 1, AgentId = "agent1", Kind = CaptureKind.Trace,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)), SizeBytes = content.Length,
        };
        await table.AddAsync(artifact, new StoredFile(original, "application/octet-stream", content.Length, artifact.Sha256));
        Assert.True(await table.FinishAsync(artifact with { State = ArtifactState.Analysed, SummaryJson = "{}", AnalysedAt = DateTimeOffset.UnixEpoch }, results));
    }

    private async Task AssertReplacedAsync(ArtifactStore store, params string[] names)
    {
        foreach (var name in names)
        {
            var refusal = await Assert.ThrowsAsync<InvalidDataException>(() => StoredCapture.ReadAsync(store, CaptureRig.Capture, name));
            Assert.Contains("was replaced: it is not sealed", refusal.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<InvalidDataException>(() => store.OpenForAnalysisAsync(CaptureRig.Capture, folder.Path, CancellationToken.None));
    }

    private string OriginalPath => StoredCapture.OriginalPath(folder["data"], CaptureRig.Capture);

    private string ResultPath(string name) => folder[$"data/artifacts/{CaptureRig.Capture}/analysis/{name}"];

    /// <summary>Of a run; null: where versions before there were runs put results.</summary>
    private async Task AddResultsAsync(string? name = null)
    {
        var stored = name ?? ArtifactStore.NewRun();
        using var run = Store().CreateAnalysisFolder(CaptureRig.Capture);
        await File.WriteAllTextAsync(Path.Combine(run.Output, "summary.json"), "{}");
        await File.WriteAllBytesAsync(Path.Combine(run.Output, "heap.tree"), CaptureRig.Content(200_000));
        await File.WriteAllTextAsync(Path.Combine(run.Output, "gcs.json"), "[planted.Marker]");
        var files = await Store().AdoptOutputsAsync(CaptureRig.Capture, stored, run.Output, CancellationToken.None);
        Assert.Equal(
            [("gcs.json", 16L, Convert.ToHexStringLower(SHA256.HashData("[planted.Marker]"u8))), ("heap.tree", 200_000L, Convert.ToHexStringLower(SHA256.HashData(CaptureRig.Content(200_000)))), ("summary.json", 2L, Convert.ToHexStringLower(SHA256.HashData("{}"u8)))],
            files.OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => (file.Name, file.SizeBytes, file.Sha256)));
        if (name is null)
        {
            Directory.Move(folder[$"data/artifacts/{CaptureRig.Capture}/analysis-{stored}"], folder[$"data/artifacts/{CaptureRig.Capture}/analysis"]);
        }
    }

    private static async Task<byte[]> AdoptAsync(ArtifactStore store)
    {
        var content = CaptureRig.Content(150_000);
        await StoredCapture.AddOriginalAsync(store, content, CaptureRig.Capture);
        return content;
    }

    private static Task<byte[]> ReadAsync(ArtifactStore store) => StoredCapture.ReadAsync(store, CaptureRig.Capture, "original.nettrace");

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

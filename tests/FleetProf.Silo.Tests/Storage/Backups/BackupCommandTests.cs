using System.Data.Common;
using System.Text;
using Dapper;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Captures.Artifacts.Sealing;
using FleetProf.Silo.Captures.Retention;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Storage.Backups;
using FleetProf.Silo.Tests.Captures;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Storage.Backups;

/// <summary>Backups of a catalog that is open and written to, restored elsewhere; on both databases.</summary>
public abstract class BackupCommandTests(CatalogKind kind) : IDisposable
{
    private static readonly GrainId Grain = GrainId.Create("campaign", "one");

    private readonly TemporaryCatalog catalog = new(kind: kind);
    private readonly TemporaryFolder folder = new();
    private readonly List<string> databases = [];

    [Fact]
    public async Task Restore_OfABackupMadeWhileTheCatalogIsWritten_HasEverything()
    {
        var content = await FillAsync();
        using var over = new CancellationTokenSource();
        var writing = WriteOnAsync(over.Token);

        Assert.Equal(0, BackUp().Code);
        await over.CancelAsync();
        await writing;
        Assert.False(File.Exists(folder["backup/keys/artifact.key"]), "The backup holds the artifact key.");
        var database = await EmptyDatabaseAsync();
        var (code, said) = Restore(database);

        Assert.True(code == 0, said);
        using (var restored = Open(database))
        {
            Assert.Equal(7, await ReadAsync(restored));
            await new AuditTable(restored).AddAsync(new AuditEntry { Action = "restored" });
            var refusal = await Assert.ThrowsAnyAsync<DbException>(() => restored.WriteAsync((connection, transaction) => connection.Execute("DELETE FROM audit", transaction: transaction)));
            Assert.Contains("The audit log only grows", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Equal("ca", await File.ReadAllTextAsync(folder["restored/authority/root.pem"]));
        var id = Convert.ToHexStringLower(ArtifactKeys.Open(Path.Combine(catalog.Folder, "keys", "artifact.key")).CurrentId);
        Assert.Contains($"put artifact key {id} as a line into {folder["restored/keys/artifact.key"]}", said, StringComparison.Ordinal);
        Directory.CreateDirectory(folder["restored/keys"]);
        File.Copy(Path.Combine(catalog.Folder, "keys", "artifact.key"), folder["restored/keys/artifact.key"]);
        var store = new ArtifactStore(folder["restored"], runOf: StoredCapture.RunOfAsync);
        Assert.Equal(content, await StoredCapture.ReadAsync(store, CaptureRig.Capture, "original.nettrace"));
        Assert.Equal("{}", Encoding.UTF8.GetString(await StoredCapture.ReadAsync(store, CaptureRig.Capture, "summary.json")));
    }

    [Fact]
    public async Task Restore_WithTheKeyInTheBackup_NeedsNoMore()
    {
        var content = await FillAsync();
        Assert.Equal(0, BackUp(("FleetProf:Backup:WithKey", "true")).Code);

        var (code, said) = Restore(await EmptyDatabaseAsync());

        Assert.True(code == 0, said);
        Assert.DoesNotContain("put artifact key", said, StringComparison.Ordinal);
        Assert.Equal(content, await StoredCapture.ReadAsync(new ArtifactStore(folder["restored"]), CaptureRig.Capture, "original.nettrace"));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(folder["restored/keys/artifact.key"]) == (UnixFileMode.UserRead | UnixFileMode.UserWrite), "Others can read the key.");
    }

    [Fact]
    public async Task Restore_AnyFileChangedOrMissing_TouchesNothing()
    {
        await FillAsync();
        BackUp();
        var database = await EmptyDatabaseAsync();
        foreach (var path in Directory.GetFiles(folder["backup"], "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != BackupManifest.FileName))
        {
            var bytes = File.ReadAllBytes(path);
            File.WriteAllBytes(path, [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);
            Assert.Contains("is not as it was", Refusal(database), StringComparison.Ordinal);
            File.Delete(path);
            Assert.Contains("lacks", Refusal(database), StringComparison.Ordinal);
            File.WriteAllBytes(path, bytes);
        }

        Assert.False(Directory.Exists(folder["restored"]));
        Assert.Equal(0, Restore(database).Code);
    }

    [Fact]
    public async Task Restore_WhereACatalogOrAnotherAuthorityIs_IsRefused()
    {
        await FillAsync();
        BackUp();
        var database = await EmptyDatabaseAsync();
        Directory.CreateDirectory(folder["restored/authority"]);
        File.WriteAllText(folder["restored/authority/root.pem"], "another");
        Assert.Contains("another certificate authority", Refusal(database), StringComparison.Ordinal);

        File.Delete(folder["restored/authority/root.pem"]);
        Assert.Equal(0, Restore(database).Code);
        Assert.Contains("There is a catalog already", Refusal(database), StringComparison.Ordinal);
    }

    /// <summary>The database was lost after a change of the root, and its folder was not: agents have certificates of the new one.</summary>
    [Fact]
    public async Task Restore_WhereALaterStateOfTheAuthorityIs_LeavesThat()
    {
        await FillAsync();
        File.Delete(Path.Combine(catalog.Folder, "authority", "root.pem"));
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        Authority(Path.Combine(catalog.Folder, "authority"), clock);
        Assert.Equal(0, BackUp().Code);
        CopyAuthority();
        var authority = Authority(folder["restored/authority"], clock);
        authority.Rotate();
        clock.Advance(authority.Spread + TimeSpan.FromMinutes(1));
        authority.Rotate();
        var root = authority.Keys.Root;

        var (code, said) = Restore(await EmptyDatabaseAsync());

        Assert.True(code == 0, said);
        Assert.Contains("is a later state", said, StringComparison.Ordinal);
        Assert.Equal(root.RawData, Authority(folder["restored/authority"], clock).Keys.Root.RawData);
    }

    [Fact]
    public async Task Restore_CutOffAmongTheFilesOfTheAuthority_IsCompletedByTheNext()
    {
        await FillAsync();
        File.Delete(Path.Combine(catalog.Folder, "authority", "root.pem"));
        Authority(Path.Combine(catalog.Folder, "authority"), TimeProvider.System);
        Assert.Equal(0, BackUp().Code);
        CopyAuthority();
        var key = Directory.GetFiles(folder["restored/authority/roots"], "*.key").Single();
        File.Delete(key);

        var (code, said) = Restore(await EmptyDatabaseAsync());

        Assert.True(code == 0, said);
        Assert.True(File.Exists(key), "The root's key was not restored.");
    }

    /// <summary>A device that takes no byte stands for a power cut: what was to become the file is there, and not whole.</summary>
    [Fact]
    public async Task Restore_CutOffInsideAFile_IsRunAgain()
    {
        await FillAsync();
        Assert.Equal(0, BackUp(("FleetProf:Backup:WithKey", "true")).Code);
        var database = await EmptyDatabaseAsync();
        string[] names = kind == CatalogKind.Sqlite ? ["authority/root.pem", "keys/artifact.key", "catalog.db"] : ["authority/root.pem", "keys/artifact.key"];
        foreach (var name in names)
        {
            var cut = folder[$"restored/{name}.new"];
            Directory.CreateDirectory(Path.GetDirectoryName(cut)!);
            File.CreateSymbolicLink(cut, "/dev/full");
            Refusal(database);
            Assert.False(File.Exists(folder[$"restored/{name}"]), $"{name} has its name and is not whole.");
            File.Delete(cut);
            PlainCopy.WriteDurably(cut, "half"u8.ToArray());
        }

        var (code, said) = Restore(database);

        Assert.True(code == 0, said);
        Assert.All(names, name => Assert.False(File.Exists(folder[$"restored/{name}.new"]), $"{name}.new is left."));
        using var restored = Open(database);
        Assert.Equal(7, await ReadAsync(restored));
    }

    /// <summary>One came while the backup was made, one after it on a shelf that was not lost: no row names their files.</summary>
    [Fact]
    public async Task Restore_FilesThatTheCatalogDoesNotKnow_AreGivenToRetention()
    {
        await FillAsync();
        var (known, late, sha) = (CaptureId.Of(CaptureRig.CampaignId, 2), CaptureId.Of(CaptureRig.CampaignId, 3), new string('a', 64));
        await StoredCapture.AddOriginalAsync(new ArtifactStore(catalog.Folder), CaptureRig.Content(1_000), known);
        await new ArtifactTable(catalog.Database, TimeProvider.System).AddAsync(
            new Artifact { CaptureId = known, CampaignId = CaptureRig.CampaignId, Attempt = 1, AgentId = "agent", Kind = CaptureKind.Trace, Sha256 = sha, SizeBytes = 1_000 },
            new StoredFile(ArtifactStore.OriginalName, "application/octet-stream", 1_000, sha));
        Assert.Equal(0, BackUp().Code);
        await StoredCapture.AddOriginalAsync(new ArtifactStore(folder["restored"]), CaptureRig.Content(1_000), late);
        var database = await EmptyDatabaseAsync();

        var (code, said) = Restore(database);

        Assert.True(code == 0, said);
        Assert.Contains("does not know 1 captures whose files are in the backup", said, StringComparison.Ordinal);
        using var restored = Open(database);
        var (table, now) = (new RetentionTable(restored, TimeProvider.System), TimeProvider.System.GetUtcNow());
        // What lay there before may be another silo's.
        Assert.Equal([CaptureRig.Capture], await table.ListAbandonedAsync(now.AddMinutes(1)));
        Assert.Empty(await table.ListAbandonedAsync(now.AddMinutes(-10)));
        Assert.True(await new ArtifactTable(restored, TimeProvider.System).TryClaimAsync(CaptureRig.Capture, 1, sha), "The agent that still has it may not send it.");
    }

    /// <summary>The disk is full just then: it cannot be run again over the catalog that is there.</summary>
    [Fact]
    public async Task Restore_ClaimsCannotBeWritten_StillSaysWhatWasRestored()
    {
        await FillAsync();
        await catalog.Database.WriteAsync((connection, transaction) => connection.Execute(
            kind == CatalogKind.Sqlite
                ? "CREATE TRIGGER no_claims BEFORE INSERT ON artifact_claims BEGIN SELECT RAISE(ABORT, 'planted'); END"
                : "ALTER TABLE artifact_claims ADD CONSTRAINT planted CHECK (attempt > 0)",
            transaction: transaction));
        Assert.Equal(0, BackUp().Code);

        var (code, said) = Restore(await EmptyDatabaseAsync());

        Assert.True(code == 0, said);
        Assert.Contains("Restored the catalog of ", said, StringComparison.Ordinal);
        Assert.Contains("could not be noted", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_OfNoBackupOrANewerOne_SaysWhatToDo()
    {
        await FillAsync();
        BackUp();
        var database = await EmptyDatabaseAsync();
        var manifest = BackupManifest.Read(folder["backup"]);
        (manifest with { Migration = 9_000 }).Write(folder["backup"]);
        Assert.Contains("of a newer FleetProf", Refusal(database), StringComparison.Ordinal);

        (manifest with { Files = [.. manifest.Files, new BackupFile("artifacts/../../x", 1, "")] }).Write(folder["backup"]);
        Assert.Contains("does not read", Refusal(database), StringComparison.Ordinal);

        (manifest with { Catalog = kind == CatalogKind.Sqlite ? "catalog.dump" : "catalog.db" }).Write(folder["backup"]);
        Assert.Contains("FleetProf__Silo__Database", Refusal(database), StringComparison.Ordinal);

        File.Delete(folder["backup/manifest.json"]);
        Assert.Contains("no backup, or one that was not finished", Refusal(database), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_IntoAFolderWithFiles_IsRefused()
    {
        await FillAsync();
        BackUp();

        var (code, said) = BackUp();

        Assert.Equal(1, code);
        Assert.Contains("is not empty", said, StringComparison.Ordinal);
    }

    /// <summary>As one that was made beforehand, on a disk for backups.</summary>
    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Backup_IntoAFolderThatOthersMayRead_HasNoFileThatTheyMay()
    {
        await FillAsync();
        Directory.CreateDirectory(folder["backup"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

        var (code, said) = BackUp();

        Assert.True(code == 0, said);
        Assert.All(Directory.EnumerateFiles(folder["backup"], "*", SearchOption.AllDirectories), file => Assert.Equal((file, UnixFileMode.UserRead | UnixFileMode.UserWrite), (file, File.GetUnixFileMode(file))));
    }

    [Fact]
    public async Task Backup_WhileRetentionDeletes_IsWhole()
    {
        await FillAsync();
        var store = new ArtifactStore(catalog.Folder);
        for (var capture = 2; capture < 40; capture++)
        {
            await StoredCapture.AddOriginalAsync(store, CaptureRig.Content(capture * 1_000), CaptureId.Of(CaptureRig.CampaignId, capture));
        }

        var removing = Task.Run(async () =>
        {
            for (var capture = 39; capture > 1; capture--)
            {
                await store.RemoveAsync(CaptureId.Of(CaptureRig.CampaignId, capture), CancellationToken.None);
            }
        });
        var (code, said) = BackUp();
        await removing;

        Assert.True(code == 0, said);
        Assert.Equal(0, Restore(await EmptyDatabaseAsync()).Code);
    }

    public void Dispose()
    {
        databases.ForEach(database => Task.Run(() => PostgresDatabases.DropAsync(database)).GetAwaiter().GetResult());
        catalog.Dispose();
        folder.Dispose();
    }

    private async Task<byte[]> FillAsync()
    {
        await GrainStorages.Over(catalog.Database).WriteStateAsync("state", Grain, new GrainState<CaptureSummary>(new CaptureSummary { EventCount = 7 }));
        Directory.CreateDirectory(Path.Combine(catalog.Folder, "authority"));
        await File.WriteAllTextAsync(Path.Combine(catalog.Folder, "authority", "root.pem"), "ca");
        var store = new ArtifactStore(catalog.Folder);
        var content = CaptureRig.Content(150_000);
        await StoredCapture.AddOriginalAsync(store, content, CaptureRig.Capture);
        using var run = store.CreateAnalysisFolder(CaptureRig.Capture);
        await File.WriteAllTextAsync(Path.Combine(run.Output, "summary.json"), "{}");
        await store.AdoptOutputsAsync(CaptureRig.Capture, StoredCapture.Run, run.Output, CancellationToken.None);
        return content;
    }

    private void CopyAuthority()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(catalog.Folder, "authority"), "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder["restored/authority"], Path.GetRelativePath(Path.Combine(catalog.Folder, "authority"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static CertificateAuthority Authority(string path, TimeProvider clock) =>
        new(Options.Create(new EnrolmentOptions { AuthorityFolder = path }), Options.Create(new SiloOptions()), clock);

    private async Task WriteOnAsync(CancellationToken over)
    {
        var storage = GrainStorages.Over(catalog.Database);
        for (var number = 0; !over.IsCancellationRequested; number++)
        {
            await storage.WriteStateAsync("state", GrainId.Create("other", $"{number}"), new GrainState<CaptureSummary>(new CaptureSummary { EventCount = number }));
        }
    }

    private static async Task<long> ReadAsync(CatalogDatabase database)
    {
        var read = new GrainState<CaptureSummary>();
        await GrainStorages.Over(database).ReadStateAsync("state", Grain, read);
        return read.State!.EventCount;
    }

    private async Task<string?> EmptyDatabaseAsync()
    {
        if (kind == CatalogKind.Sqlite)
        {
            return null;
        }

        databases.Add(await PostgresDatabases.CreateAsync(isMigrated: false));
        return databases[^1];
    }

    private CatalogDatabase Open(string? database) =>
        database is null ? CatalogDatabase.Open(folder["restored/catalog.db"], TimeProvider.System) : CatalogDatabase.OpenPostgres(database, TimeProvider.System);

    private (int Code, string Said) BackUp(params (string Key, string Value)[] more) => Run(BackupCommand.Run, catalog.Folder, catalog.Postgres, more);

    private (int Code, string Said) Restore(string? database) => Run(RestoreCommand.Run, folder["restored"], database);

    private string Refusal(string? database)
    {
        var (code, said) = Restore(database);
        Assert.Equal(1, code);
        return said;
    }

    private (int Code, string Said) Run(Func<IConfiguration, TextWriter, TextWriter, int> run, string dataFolder, string? database, params (string Key, string Value)[] more)
    {
        using var said = new StringWriter();
        var settings = more.Concat([("FleetProf:Silo:DataFolder", dataFolder), ("FleetProf:Backup:Folder", folder["backup"])]).ToDictionary(entry => entry.Item1, entry => (string?)entry.Item2);
        settings["FleetProf:Silo:Database"] = database;
        return (run(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), said, said), said.ToString());
    }
}

public sealed class SqliteBackupCommandTests() : BackupCommandTests(CatalogKind.Sqlite);

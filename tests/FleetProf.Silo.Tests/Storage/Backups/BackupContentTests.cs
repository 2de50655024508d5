using Dapper;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Storage.Backups;
using FleetProf.Silo.Tests.Captures;
using Microsoft.Extensions.Configuration;

namespace FleetProf.Silo.Tests.Storage.Backups;

/// <summary>A backup says what it holds, and is none where the settings lead past what the silo has; a restore puts nothing beside remains.</summary>
public sealed class BackupContentTests : IDisposable
{
    private const string Agent =
        """
        INSERT INTO enrolled_agents (agent_id, token_id, key_sha256, host, labels_json, standing, changed_by, changed_at, enrolled_at, collect_until, serial, previous_serial, used_serial, used_at)
        VALUES ('agent', 'token', 'key', 'host', '{}', 1, 'somebody', 1, 1, 1, '01', '', '', 0)
        """;

    private const string Recording =
        """
        INSERT INTO artifacts (capture_id, campaign_id, attempt, agent_id, kind, sha256, size_bytes, received_at, state, failed_runs, failure, is_reported)
        VALUES ('campaign-0001', 'campaign', 1, 'agent', 0, 'hash', 1, 1, 1, 0, 0, 1)
        """;

    private readonly TemporaryCatalog catalog = new(kind: CatalogKind.Sqlite);
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        catalog.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Backup_AgentsHaveJoinedAndThereIsNoAuthority_IsRefused()
    {
        await AddAsync(Agent);

        var (code, said) = BackUp();

        Assert.Equal(1, code);
        Assert.Contains($"there is no certificate authority in {Path.Combine(catalog.Folder, "authority")}", said, StringComparison.Ordinal);
        Assert.Contains("FleetProf__Enrolment__AuthorityFolder", said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["backup"]), "Something was begun.");
    }

    [Fact]
    public async Task Backup_AuthorityAndArtifactsWhereTheSettingsSay_CountsTheirFiles()
    {
        await AddAsync(Agent);
        Write("elsewhere/authority/current", "x");
        Write("elsewhere/authority/roots/x.pem", "x");
        await StoredCapture.AddOriginalAsync(new ArtifactStore(catalog.Folder, folder["shared"]), CaptureRig.Content(1_000), CaptureRig.Capture);

        var (code, said) = BackUp(("FleetProf:Enrolment:AuthorityFolder", folder["elsewhere/authority"]), ("FleetProf:Silo:Artifacts", folder["shared"]));

        Assert.True(code == 0, said);
        Assert.Contains("catalog.db, 2 files of captures with ", said, StringComparison.Ordinal);
        Assert.Contains(", 2 files of the certificate authority.", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Left out", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Backup_WithoutAnAuthority_SaysSo()
    {
        var (code, said) = BackUp();

        Assert.True(code == 0, said);
        Assert.Contains(", 0 files of the certificate authority.", said, StringComparison.Ordinal);
        Assert.DoesNotContain("it holds the authority's key", said, StringComparison.Ordinal);
        Assert.Contains("There is no certificate authority in ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_TheCatalogHasRecordingsAndTheFolderHasNone_IsRefusedAndMakesNoFolder()
    {
        await AddAsync(Recording);

        var (code, said) = BackUp();

        Assert.Equal(1, code);
        Assert.Contains($"there is no file of them in {Path.Combine(catalog.Folder, "artifacts")}", said, StringComparison.Ordinal);
        Assert.Contains("FleetProf__Silo__Artifacts", said, StringComparison.Ordinal);
        Assert.False(File.Exists(folder[$"backup/{BackupManifest.FileName}"]), "It passes for a backup.");
        Assert.False(Directory.Exists(Path.Combine(catalog.Folder, "artifacts")), "A folder was made where the silo has none.");
    }

    [Fact]
    public async Task Backup_RecordingsAreLostAndTheRestIsAskedFor_BacksUpTheRest()
    {
        await AddAsync(Recording);

        var (code, said) = BackUp(("FleetProf:Backup:Incomplete", "true"));

        Assert.True(code == 0, said);
        Assert.Contains(", 0 files of captures", said, StringComparison.Ordinal);
        Assert.Equal(0, Restore().Code);
    }

    /// <summary>The silo's folder is named "shared" and it is "shared/artifacts" that its setting names: there, files of captures are one step further down.</summary>
    [Fact]
    public async Task Backup_AFolderThatHoldsTheArtifactKey_LeavesTheKeyOutAndSaysSo()
    {
        Write("shared/artifacts/keys/artifact.key", "whoever has this reads all");
        Write("shared/artifacts/backup-2026/catalog.db", "another");
        await StoredCapture.AddOriginalAsync(new ArtifactStore(catalog.Folder, folder["shared"]), CaptureRig.Content(1_000), CaptureRig.Capture);

        var (code, said) = BackUp(("FleetProf:Silo:Artifacts", folder["shared"]));

        Assert.True(code == 0, said);
        Assert.Contains("2 files of captures", said, StringComparison.Ordinal);
        Assert.Contains($"Left out: 2 files in {folder["shared/artifacts"]} that are none of captures, such as ", said, StringComparison.Ordinal);
        Assert.Null(StoredCapture.FindFileThatShows(folder["backup"], "whoever has this reads all"));
        Assert.False(Directory.Exists(folder["backup/artifacts/keys"]), "The key's folder is in the backup.");
    }

    /// <summary>After kill -9 the log stays when the catalog itself is moved away; SQLite would play it over the restored one.</summary>
    [Theory]
    [InlineData("-wal")]
    [InlineData("-shm")]
    [InlineData("-journal")]
    public void Restore_BesideTheLogOfAnotherCatalog_IsRefusedAndNamesIt(string ending)
    {
        Assert.Equal(0, BackUp().Code);
        Write($"restored/catalog.db{ending}", "of another");

        var (code, said) = Restore();

        Assert.Equal(1, code);
        Assert.Contains(folder[$"restored/catalog.db{ending}"], said, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["restored/catalog.db"]), "A catalog was put beside it.");
        File.Delete(folder[$"restored/catalog.db{ending}"]);
        Assert.Equal(0, Restore().Code);
    }

    private Task AddAsync(string row) => catalog.Database.WriteAsync((connection, transaction) => connection.Execute(row, transaction: transaction));

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        File.WriteAllText(folder[name], text);
    }

    private (int Code, string Said) BackUp(params (string Key, string Value)[] more) => Run(BackupCommand.Run, catalog.Folder, more);

    private (int Code, string Said) Restore() => Run(RestoreCommand.Run, folder["restored"]);

    private (int Code, string Said) Run(Func<IConfiguration, TextWriter, TextWriter, int> run, string dataFolder, params (string Key, string Value)[] more)
    {
        using var said = new StringWriter();
        var settings = more.Concat([("FleetProf:Silo:DataFolder", dataFolder), ("FleetProf:Backup:Folder", folder["backup"])]).ToDictionary(entry => entry.Item1, entry => (string?)entry.Item2);
        return (run(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), said, said), said.ToString());
    }
}

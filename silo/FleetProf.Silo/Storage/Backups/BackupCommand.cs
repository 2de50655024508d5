using System.Data.Common;
using System.Globalization;
using Dapper;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Captures.Artifacts.Sealing;
using FleetProf.Silo.Storage.Postgres;
using FleetProf.Silo.Storage.Sqlite;

namespace FleetProf.Silo.Storage.Backups;

/// <summary>
/// The verb `backup` of the silo's program, behind `fleetprof backup`: one folder with the catalog, the files of captures and the certificate
/// authority, while silos run or not. The catalog comes first, so that no row names a file that the backup lacks but those that retention
/// deleted meanwhile. The artifact key stays out unless it is asked for: who has backup and key has everything that was recorded.
/// </summary>
internal static class BackupCommand
{
    public const string Verb = "backup";

    private const string Section = "FleetProf:Backup";

    /// <summary>To copy one file: keys are wrapped anew once in a while, nothing is replaced again and again.</summary>
    private const int MostTries = 3;

    /// <summary>The catalog's step from which on it has the tables that are asked here: one of before is copied unasked.</summary>
    private const int FirstThatIsAsked = 13;

    private const string RightSettings =
        "Run the backup with the settings that the silo has in its environment: FleetProf__Silo__Artifacts, FleetProf__Enrolment__AuthorityFolder, FleetProf__Captures__Store and FleetProf__Captures__S3__* where it has them. Where it is lost indeed, --incomplete backs up the rest.";

    /// <summary>Exit code 0, or 1 with a message.</summary>
    public static int Run(IConfiguration configuration, TextWriter said, TextWriter problems)
    {
        try
        {
            var folder = configuration[$"{Section}:Folder"] ?? throw new IOException($"{Section}:Folder is missing: the folder to back up to.");
            var (withKey, isWholeWanted) = (configuration.GetValue<bool>($"{Section}:WithKey"), !configuration.GetValue<bool>($"{Section}:Incomplete"));
            RunAsync(SiloPlaces.Of(configuration), Path.GetFullPath(folder), withKey, isWholeWanted, said, CancellationToken.None).GetAwaiter().GetResult();
            return 0;
        }
        catch (Exception exception) when (exception is CatalogException or IOException or UnauthorizedAccessException)
        {
            problems.WriteLine(exception.Message);
            return 1;
        }
    }

    private static async Task RunAsync(SiloPlaces places, string folder, bool withKey, bool isWholeWanted, TextWriter said, CancellationToken cancellationToken)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new IOException($"{folder} is not empty. Name a new folder for each backup.");
        }

        var begun = TimeProvider.System.GetUtcNow();
        var engine = EngineOf(places);
        var migration = (int)Ask(engine, "SELECT MAX(number) FROM schema_migrations");
        string[] authority = Directory.Exists(places.Authority) ? Directory.GetFiles(places.Authority, "*", SearchOption.AllDirectories) : [];
        if (isWholeWanted && authority.Length == 0 && migration >= FirstThatIsAsked && Ask(engine, "SELECT COUNT(*) FROM enrolled_agents") > 0)
        {
            throw new IOException($"Agents have joined this silo, and there is no certificate authority in {places.Authority}: restored without it, every host would have to join again. {RightSettings}");
        }

        PrivateFolder.Create(folder);
        var files = new List<BackupFile>();
        var catalog = await BackUpCatalogAsync(engine, places, folder, cancellationToken);
        files.Add(await HashAsync(folder, catalog, cancellationToken));
        foreach (var path in authority)
        {
            files.Add(await CopyAsync(path, folder, $"{BackupManifest.AuthorityFolder}/{Path.GetRelativePath(places.Authority, path).Replace('\\', '/')}", cancellationToken));
        }

        var keys = new SortedSet<string>(StringComparer.Ordinal);
        var others = new List<string>();
        var artifacts = places.HasArtifacts ? await BackUpArtifactsAsync(places, folder, keys, others, cancellationToken) : [];
        if (isWholeWanted && artifacts.Count == 0 && migration >= FirstThatIsAsked && HoldsArtifactsSince(engine, begun))
        {
            throw new IOException($"The catalog has recordings, and there is no file of them in {places.ArtifactsName}. {RightSettings}");
        }

        files.AddRange(artifacts);
        if (withKey)
        {
            files.Add(await CopyAsync(places.KeyFile, folder, BackupManifest.KeyFile, cancellationToken));
        }

        new BackupManifest { MadeAt = TimeProvider.System.GetUtcNow(), Migration = migration, Catalog = catalog, ArtifactKeys = [.. keys], Files = files }.Write(folder);
        said.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{folder}: {catalog}, {artifacts.Count} files of captures with {artifacts.Sum(file => file.Bytes)} bytes, {authority.Length} files of the certificate authority."));
        Explain(places, authority.Length > 0, withKey, others, said);
    }

    /// <summary>What the copy holds, and what it does not.</summary>
    private static void Explain(SiloPlaces places, bool withAuthority, bool withKey, List<string> others, TextWriter said)
    {
        said.WriteLine(withAuthority ? "Keep it private: it holds the authority's key." : $"There is no certificate authority in {places.Authority}, so none is in it.");
        if (others.Count > 0)
        {
            said.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Left out: {others.Count} files in {places.ArtifactsName} that are none of captures, such as {others[0]}."));
        }

        said.WriteLine(withKey
            ? "It holds the artifact key too: whoever has this folder can read everything that was recorded."
            : $"The artifact key is not in it. Keep a copy of {places.KeyFile} elsewhere: without it no recording can be read.");
    }

    /// <summary>Whether recordings that were there at a time are there still: those since then may have come after the files were listed.</summary>
    private static bool HoldsArtifactsSince(CatalogEngine engine, DateTimeOffset time) => Ask(
        engine, "SELECT COUNT(*) FROM artifacts WHERE removed_at IS NULL AND received_at < @time", new { time = time.ToUnixTimeMilliseconds() }) > 0;

    private static CatalogEngine EngineOf(SiloPlaces places)
    {
        if (places.Silo.Database is { } database)
        {
            return new PostgresEngine(database);
        }

        return File.Exists(places.CatalogFile)
            ? new SqliteEngine(places.CatalogFile)
            : throw new IOException($"There is no catalog in {places.Silo.DataFolder}. Name the silo's data folder with --silo-folder, or its database in FleetProf__Silo__Database.");
    }

    private static async Task<string> BackUpCatalogAsync(CatalogEngine engine, SiloPlaces places, string folder, CancellationToken cancellationToken)
    {
        if (engine is SqliteEngine sqlite)
        {
            sqlite.BackUp(Private(folder, BackupManifest.SqliteFile));
            return BackupManifest.SqliteFile;
        }

        await PostgresDump.WriteAsync(places.Silo.Database!, Private(folder, BackupManifest.PostgresFile), cancellationToken);
        return BackupManifest.PostgresFile;
    }

    /// <summary>An empty file for the catalog that only this user reads: those who fill it would make one for all whom the process lets.</summary>
    private static string Private(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        PlainCopy.WriteDurably(path, []);
        return path;
    }

    private static long Ask(CatalogEngine engine, string question, object? values = null)
    {
        using var connection = engine.OpenReader();
        try
        {
            return connection.ExecuteScalar<long>(question, values);
        }
        catch (DbException exception)
        {
            throw new IOException($"{engine.Name} holds no catalog of a silo: {exception.Message.Split('\n')[0].Trim()}", exception);
        }
    }

    /// <summary>
    /// Tells which artifact keys the files need, and which names are of no capture. Those are left out: where the folder is another than the silo's,
    /// one of them may be the artifact key.
    /// </summary>
    private static async Task<List<BackupFile>> BackUpArtifactsAsync(SiloPlaces places, string folder, SortedSet<string> keys, List<string> others, CancellationToken cancellationToken)
    {
        var files = new List<BackupFile>();
        var scratch = Directory.CreateTempSubdirectory("fleetprof-backup-");
        var shelf = places.OpenShelf(scratch.FullName);
        await foreach (var name in shelf.ListAsync("", cancellationToken))
        {
            if (!ArtifactStore.IsStoredName(name))
            {
                others.Add(name);
                continue;
            }

            var path = $"{BackupManifest.ArtifactFolder}/{name}";
            if (await CopyStoredAsync(shelf, name, folder, path, cancellationToken) is not { } file)
            {
                // Retention was faster.
                continue;
            }

            files.Add(file);
            if (name.EndsWith(".key", StringComparison.Ordinal) && WrappedKey.WrappedBy(await File.ReadAllBytesAsync(Path.Combine(folder, path), cancellationToken)) is { } id)
            {
                keys.Add(id);
            }
        }

        scratch.Delete(recursive: true);
        return files;
    }

    /// <summary>Null when it was removed, also while it was read. What was replaced meanwhile is copied as it is then.</summary>
    private static async Task<BackupFile?> CopyStoredAsync(IArtifactShelf shelf, string name, string folder, string path, CancellationToken cancellationToken)
    {
        var target = Path.Combine(folder, path);
        for (var tries = 1; ; tries++)
        {
            try
            {
                await using var stored = await shelf.OpenAsync(name, cancellationToken);
                if (stored is null)
                {
                    DurableFile.Drop(target);
                    return null;
                }

                var (bytes, sha256) = await PlainCopy.WriteAsync(stored, target, cancellationToken);
                return new BackupFile(path, bytes, sha256);
            }
            catch (RemovedWhileReadException) when (tries < MostTries)
            {
                // Opened again it shows whether it is gone or another one.
            }
        }
    }

    private static async Task<BackupFile> CopyAsync(string source, string folder, string path, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(source);
        var (bytes, sha256) = await PlainCopy.WriteAsync(stream, Path.Combine(folder, path), cancellationToken);
        return new BackupFile(path, bytes, sha256);
    }

    private static async Task<BackupFile> HashAsync(string folder, string path, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(Path.Combine(folder, path));
        return new BackupFile(path, stream.Length, Convert.ToHexStringLower(await System.Security.Cryptography.SHA256.HashDataAsync(stream, cancellationToken)));
    }
}

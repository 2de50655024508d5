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

    /// <summary>Exit code 0, or 1 with a message.</summary>
    public static int Run(IConfiguration configuration, TextWriter said, TextWriter problems)
    {
        try
        {
            var folder = configuration[$"{Section}:Folder"] ?? throw new IOException($"{Section}:Folder is missing: the folder to back up to.");
            RunAsync(SiloPlaces.Of(configuration), Path.GetFullPath(folder), configuration.GetValue<bool>($"{Section}:WithKey"), said, CancellationToken.None).GetAwaiter().GetResult();
            return 0;
        }
        catch (Exception exception) when (exception is CatalogException or IOException or UnauthorizedAccessException)
        {
            problems.WriteLine(exception.Message);
            return 1;
        }
    }

    private static async Task RunAsync(SiloPlaces places, string folder, bool withKey, TextWriter said, CancellationToken cancellationToken)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new IOException($"{folder} is not empty. Name a new folder for each backup.");
        }

        PrivateFolder.Create(folder);
        var files = new List<BackupFile>();
        var (catalog, migration) = await BackUpCatalogAsync(places, folder, cancellationToken);
        files.Add(await HashAsync(folder, catalog, cancellationToken));
        foreach (var path in Directory.Exists(places.Authority) ? Directory.EnumerateFiles(places.Authority, "*", SearchOption.AllDirectories) : [])
        {
            files.Add(await CopyAsync(path, folder, $"{BackupManifest.AuthorityFolder}/{Path.GetRelativePath(places.Authority, path).Replace('\\', '/')}", cancellationToken));
        }

        var keys = new SortedSet<string>(StringComparer.Ordinal);
        var scratch = Directory.CreateTempSubdirectory("fleetprof-backup-");
        var artifacts = await BackUpArtifactsAsync(places.OpenShelf(scratch.FullName), folder, keys, cancellationToken);
        scratch.Delete(recursive: true);
        files.AddRange(artifacts);
        if (withKey)
        {
            files.Add(await CopyAsync(places.KeyFile, folder, BackupManifest.KeyFile, cancellationToken));
        }

        new BackupManifest { MadeAt = TimeProvider.System.GetUtcNow(), Migration = migration, Catalog = catalog, ArtifactKeys = [.. keys], Files = files }.Write(folder);
        said.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{folder}: {catalog}, {artifacts.Count} files of captures with {artifacts.Sum(file => file.Bytes)} bytes, the certificate authority. Keep it private: it holds the authority's key."));
        said.WriteLine(withKey
            ? "It holds the artifact key too: whoever has this folder can read everything that was recorded."
            : $"The artifact key is not in it. Keep a copy of {places.KeyFile} elsewhere: without it no recording can be read.");
    }

    private static async Task<(string File, int Migration)> BackUpCatalogAsync(SiloPlaces places, string folder, CancellationToken cancellationToken)
    {
        if (places.Silo.Database is { } database)
        {
            var number = MigrationOf(new PostgresEngine(database));
            await PostgresDump.WriteAsync(database, Private(folder, BackupManifest.PostgresFile), cancellationToken);
            return (BackupManifest.PostgresFile, number);
        }

        if (!File.Exists(places.CatalogFile))
        {
            throw new IOException($"There is no catalog in {places.Silo.DataFolder}. Name the silo's data folder with --silo-folder, or its database in FleetProf__Silo__Database.");
        }

        var engine = new SqliteEngine(places.CatalogFile);
        engine.BackUp(Private(folder, BackupManifest.SqliteFile));
        return (BackupManifest.SqliteFile, MigrationOf(engine));
    }

    /// <summary>An empty file for the catalog that only this user reads: those who fill it would make one for all whom the process lets.</summary>
    private static string Private(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        PlainCopy.WriteDurably(path, []);
        return path;
    }

    private static int MigrationOf(CatalogEngine engine)
    {
        using var connection = engine.OpenReader();
        try
        {
            return (int)connection.ExecuteScalar<long>("SELECT MAX(number) FROM schema_migrations");
        }
        catch (System.Data.Common.DbException exception)
        {
            throw new IOException($"{engine.Name} holds no catalog of a silo: {exception.Message.Split('\n')[0].Trim()}", exception);
        }
    }

    private static async Task<List<BackupFile>> BackUpArtifactsAsync(IArtifactShelf shelf, string folder, SortedSet<string> keys, CancellationToken cancellationToken)
    {
        var files = new List<BackupFile>();
        await foreach (var name in shelf.ListAsync("", cancellationToken))
        {
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

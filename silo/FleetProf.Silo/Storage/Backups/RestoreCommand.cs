using System.Data.Common;
using System.Globalization;
using Dapper;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Captures.Artifacts.Sealing;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Storage.Postgres;
using FleetProf.Silo.Storage.Sqlite;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Storage.Backups;

/// <summary>
/// The verb `restore` of the silo's program, behind `fleetprof restore`: checks a whole backup before it touches anything, then puts it where the
/// silo's settings say; the catalog comes last, so that a restore that was cut off is simply run again, and is whole without what is noted in it afterwards. It never replaces a catalog or an authority.
/// </summary>
internal static class RestoreCommand
{
    public const string Verb = "restore";

    private const string FolderSetting = "FleetProf:Backup:Folder";

    /// <summary>The catalog's step from which on it has claims of uploads; one of before is restored as it is.</summary>
    private const int FirstWithClaims = 16;

    /// <summary>SQLite plays a log that another catalog left beside the restored one over it, and what was restored is gone.</summary>
    private static readonly string[] CatalogEndings = ["", "-wal", "-shm", "-journal"];

    /// <summary>Exit code 0, or 1 with a message.</summary>
    public static int Run(IConfiguration configuration, TextWriter said, TextWriter problems)
    {
        try
        {
            var folder = configuration[FolderSetting] ?? throw new IOException($"{FolderSetting} is missing: the folder of the backup.");
            RunAsync(SiloPlaces.Of(configuration), Path.GetFullPath(folder), said, CancellationToken.None).GetAwaiter().GetResult();
            return 0;
        }
        catch (Exception exception) when (exception is CatalogException or IOException or UnauthorizedAccessException)
        {
            problems.WriteLine(exception.Message);
            return 1;
        }
    }

    private static async Task RunAsync(SiloPlaces places, string folder, TextWriter said, CancellationToken cancellationToken)
    {
        var manifest = BackupManifest.Read(folder);
        foreach (var file in manifest.Files)
        {
            await PlainCopy.CheckAsync(folder, file, cancellationToken);
        }

        using var silo = new DataFolderLock(Options.Create(places.Silo));
        silo.Take();
        var isAuthorityLater = HoldsLaterAuthority(places, manifest, folder);
        RefuseToReplace(places, manifest, folder, isAuthorityLater);
        var captures = await RestoreArtifactsAsync(places, manifest, folder, cancellationToken);
        foreach (var file in isAuthorityLater ? [] : Below(manifest, BackupManifest.AuthorityFolder))
        {
            await PlaceAsync(folder, file, Path.Combine(places.Authority, file.Path[(BackupManifest.AuthorityFolder.Length + 1)..]), cancellationToken);
        }

        if (manifest.Files.FirstOrDefault(file => file.Path == BackupManifest.KeyFile) is { } key && !File.Exists(places.KeyFile))
        {
            await PlaceAsync(folder, key, places.KeyFile, cancellationToken);
        }

        if (places.Silo.Database is { } database)
        {
            await PostgresDump.RestoreAsync(database, Path.Combine(folder, manifest.Catalog), cancellationToken);
        }
        else
        {
            await PlaceAsync(folder, manifest.Files.Single(file => file.Path == manifest.Catalog), places.CatalogFile, cancellationToken);
        }

        var authority = isAuthorityLater ? "; the certificate authority that is there is a later state of that of the backup, and stays"
            : Below(manifest, BackupManifest.AuthorityFolder).Any() ? " and the certificate authority"
            : "; the backup has no certificate authority";
        said.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Restored the catalog of {manifest.MadeAt:yyyy-MM-dd HH:mm} UTC, {captures.Count} files of captures{authority}. Start the silo."));
        foreach (var missing in MissingKeys(places, manifest))
        {
            said.WriteLine($"Before that put artifact key {missing} as a line into {places.KeyFile} (chmod 600): without it what it sealed cannot be read.");
        }

        // Last, and no condition of the rest: what is restored is whole without it, and a restore is not run again over a catalog that is there.
        if (manifest.Migration >= FirstWithClaims && captures.Count > 0 && SayWhatIsUnknown(places, captures.Distinct()) is { } unknown)
        {
            said.WriteLine(unknown);
        }
    }

    private static void RefuseToReplace(SiloPlaces places, BackupManifest manifest, string folder, bool isAuthorityLater)
    {
        var wanted = places.Silo.Database is null ? BackupManifest.SqliteFile : BackupManifest.PostgresFile;
        if (manifest.Catalog != wanted)
        {
            throw new IOException(places.Silo.Database is null
                ? "The backup is of a silo on PostgreSQL. Name an empty database in FleetProf__Silo__Database."
                : "The backup is of a silo without PostgreSQL. Take FleetProf__Silo__Database away.");
        }

        var newest = Migration.LoadEmbedded().Max(migration => migration.Number);
        if (manifest.Migration > newest + 1)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"The backup is of a newer FleetProf: its catalog is at step {manifest.Migration:d4}, this version ends at {newest:d4}. Restore with that version."));
        }

        if (CatalogThere(places) is { } there)
        {
            throw new IOException($"There is a catalog already, or a part of one: {there}. Restore into an empty folder or database; move all of what is there away first.");
        }

        if (!isAuthorityLater && OtherFileOfTheAuthority(places, manifest, folder) is { } other)
        {
            throw new IOException($"{places.Authority} holds another certificate authority ({Path.GetFileName(other.Path)} differs). Move it away first.");
        }
    }

    /// <summary>The same authority after a change of its issuer or root: agents have its certificates, and the state of the backup would not know them.</summary>
    private static bool HoldsLaterAuthority(SiloPlaces places, BackupManifest manifest, string folder)
    {
        try
        {
            // One that differs in nothing was restored in part, perhaps, and is completed.
            return OtherFileOfTheAuthority(places, manifest, folder) is not null
                && new AuthorityFolder(places.Authority).Read() is { } here
                && new AuthorityFolder(Path.Combine(folder, BackupManifest.AuthorityFolder)).Read() is { } kept
                && here.Roots.Any(root => kept.Roots.Any(other => other.RawData.AsSpan().SequenceEqual(root.RawData)))
                && here.Issuer.NotBefore >= kept.Issuer.NotBefore;
        }
        catch (IOException)
        {
            // One of both is no authority.
            return false;
        }
    }

    /// <summary>One that is there with another content; null when there is none.</summary>
    private static BackupFile? OtherFileOfTheAuthority(SiloPlaces places, BackupManifest manifest, string folder) => Below(manifest, BackupManifest.AuthorityFolder)
        .FirstOrDefault(file => IsOther(Path.Combine(folder, file.Path), Path.Combine(places.Authority, file.Path[(BackupManifest.AuthorityFolder.Length + 1)..])));

    /// <summary>The files that are there of a catalog, or of one whose first file was moved away; null when there is nothing.</summary>
    private static string? CatalogThere(SiloPlaces places)
    {
        if (places.Silo.Database is { } database)
        {
            return HasTables(database) ? "the database has tables" : null;
        }

        var files = CatalogEndings.Select(ending => places.CatalogFile + ending).Where(File.Exists).ToList();
        return files.Count > 0 ? string.Join(", ", files) : null;
    }

    private static bool HasTables(string database)
    {
        using var connection = new PostgresEngine(database).OpenReader();
        return connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema())");
    }

    /// <summary>The capture of each file that was put there.</summary>
    private static async Task<IReadOnlyList<string>> RestoreArtifactsAsync(SiloPlaces places, BackupManifest manifest, string folder, CancellationToken cancellationToken)
    {
        var scratch = Directory.CreateTempSubdirectory("fleetprof-restore-");
        var shelf = places.OpenShelf(scratch.FullName);
        var captures = new List<string>();
        foreach (var file in Below(manifest, BackupManifest.ArtifactFolder))
        {
            var name = file.Path[(BackupManifest.ArtifactFolder.Length + 1)..];
            var path = shelf.PathForNew(name);
            await CopyAsync(folder, file, path, cancellationToken);
            await shelf.PutAsync(name, path, cancellationToken);
            captures.Add(name.Split('/')[0]);
        }

        scratch.Delete(recursive: true);
        return captures;
    }

    /// <summary>
    /// Files of captures that no row names came after the backup's copy of the catalog, and no rule would ever find them. A claim of an attempt before the
    /// first lets them go like originals that never became part of a capture, and gives way to an agent that still has the artifact. Of files that were there
    /// before nothing is said: another silo may know them. Returns how many captures.
    /// </summary>
    private static int GiveToRetention(SiloPlaces places, IEnumerable<string> captures)
    {
        CatalogEngine engine = places.Silo.Database is { } database ? new PostgresEngine(database) : new SqliteEngine(places.CatalogFile);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        using var session = engine.OpenSession();
        using var transaction = session.Begin();
        var given = session.Connection.ExecuteEach(
            """
            INSERT INTO artifact_claims (capture_id, attempt, sha256, claimed_at)
            SELECT @captureId, 0, '', @now WHERE NOT EXISTS (SELECT 1 FROM artifacts WHERE capture_id = @captureId)
            ON CONFLICT (capture_id) DO NOTHING
            """,
            captures.Select(captureId => new { captureId, now }),
            transaction);
        session.Commit(transaction);
        return given;
    }

    /// <summary>Null where there is nothing to say.</summary>
    private static string? SayWhatIsUnknown(SiloPlaces places, IEnumerable<string> captures)
    {
        try
        {
            var unknown = GiveToRetention(places, captures);
            return unknown == 0 ? null : string.Create(
                CultureInfo.InvariantCulture,
                $"The catalog does not know {unknown} captures whose files are in the backup: they came while it was made. These files go after a day, unless their agents send them again.");
        }
        catch (Exception exception) when (exception is DbException or CatalogException)
        {
            return $"Whether there are files of captures that the catalog does not know could not be noted; such files stay: {exception.Message}";
        }
    }

    private static IEnumerable<BackupFile> Below(BackupManifest manifest, string folder) => manifest.Files.Where(file => file.Path.StartsWith(folder + "/", StringComparison.Ordinal));

    private static IEnumerable<string> MissingKeys(SiloPlaces places, BackupManifest manifest)
    {
        var keys = File.Exists(places.KeyFile) ? ArtifactKeys.Open(places.KeyFile) : null;
        return manifest.ArtifactKeys.Where(id => keys?.Find(Convert.FromHexString(id)) is null);
    }

    private static bool IsOther(string source, string target) => File.Exists(target) && !File.ReadAllBytes(source).AsSpan().SequenceEqual(File.ReadAllBytes(target));

    private static async Task PlaceAsync(string folder, BackupFile file, string target, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(Path.Combine(folder, file.Path));
        await PlainCopy.PlaceAsync(stream, Path.GetFullPath(target), cancellationToken);
    }

    private static async Task CopyAsync(string folder, BackupFile file, string target, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(Path.Combine(folder, file.Path));
        await PlainCopy.WriteAsync(stream, target, cancellationToken);
    }
}

using System.Text.Json;

namespace FleetProf.Silo.Storage.Backups;

/// <summary>What a backup holds: manifest.json in its folder, written last, so that a backup without it is none.</summary>
internal sealed record BackupManifest
{
    public const string FileName = "manifest.json";
    public const string SqliteFile = "catalog.db";
    public const string PostgresFile = "catalog.dump";
    public const string ArtifactFolder = "artifacts";
    public const string AuthorityFolder = "authority";
    public const string KeyFile = "keys/artifact.key";

    private const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public int Format { get; init; } = CurrentFormat;

    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>Number of the catalog's last migration.</summary>
    public required int Migration { get; init; }

    /// <summary>catalog.db of SQLite or catalog.dump of PostgreSQL.</summary>
    public required string Catalog { get; init; }

    /// <summary>The artifact keys, by id, that some of its files need, lower-case hex.</summary>
    public required IReadOnlyList<string> ArtifactKeys { get; init; }

    public required IReadOnlyList<BackupFile> Files { get; init; }

    /// <exception cref="IOException">There is none, or it is none that this version reads.</exception>
    public static BackupManifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new IOException($"{folder} has no {FileName}: it is no backup, or one that was not finished. Use another one.");
        }

        try
        {
            var manifest = JsonSerializer.Deserialize<BackupManifest>(File.ReadAllText(path), Json);
            return manifest is { Format: CurrentFormat } && manifest.Files.All(file => IsInside(file.Path))
                ? manifest
                : throw new IOException($"{path} is of a format that this version does not read.");
        }
        catch (JsonException damage)
        {
            throw new IOException($"{path} is damaged: {damage.Message}", damage);
        }
    }

    public void Write(string folder) => PlainCopy.WriteDurably(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, Json));

    /// <summary>A manifest may have been changed by others: its names lead nowhere else.</summary>
    private static bool IsInside(string path) => !Path.IsPathRooted(path) && !path.Split('/', '\\').Contains("..");
}

using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using FleetProf.Silo.Captures.Analyses;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>
/// Files of captures in a local folder: CAPTURE/original.nettrace, whatever its format, and CAPTURE/analysis/*. Bytes are written under a
/// temporary name, flushed, hashed and renamed, so that a name never shows half a file. All names are made here from
/// capture ids and a closed set of file names: nothing an agent or analyzer says becomes a path.
/// </summary>
internal sealed partial class ArtifactStore
{
    public const string OriginalName = "original.nettrace";

    /// <summary>Under which a gzipped original is listed: a profile of a Go program.</summary>
    public const string PprofOriginalName = "original.pb.gz";

    /// <summary>The analyzer's outputs; more than this is not one of ours.</summary>
    private const int MaxOutputs = 64;

    private readonly string artifacts;
    private readonly string uploads;
    private readonly string work;

    /// <exception cref="IOException">The folder cannot be created.</exception>
    /// <param name="dataFolder">Of this silo alone.</param>
    /// <param name="sharedFolder">Of all silos; null: what is stored lies in the data folder too.</param>
    public ArtifactStore(string dataFolder, string? sharedFolder = null)
    {
        var store = sharedFolder ?? dataFolder;
        artifacts = Path.Combine(store, "artifacts");
        uploads = Path.Combine(store, "uploads");

        // On the volume of the artifacts, for results are moved there by one rename; and never another silo's.
        work = sharedFolder is null ? Path.Combine(dataFolder, "work") : Path.Combine(sharedFolder, "work", OwnName(dataFolder));
        PrivateFolder.Create(artifacts);
        PrivateFolder.Create(uploads);
        PrivateFolder.Create(work);
    }

    public static bool IsCaptureId(string text) => CaptureIdPattern().IsMatch(text);

    public static bool IsSha256(string text) => Sha256Pattern().IsMatch(text);

    public static string ContentTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".json" => "application/json",
        ".csv" => "text/csv; charset=utf-8",
        ".txt" => "text/plain; charset=utf-8",
        ".gz" => "application/gzip",
        _ => "application/octet-stream",
    };

    /// <summary>Where a partial upload grows. The hash is part of the name: other content is another upload, never a continuation.</summary>
    public string PartialPath(string captureId, int attempt, string sha256) =>
        Path.Combine(uploads, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Checked(captureId)}.{attempt}.{CheckedHash(sha256)}.part"));

    /// <summary>A capture has one artifact: what grew under another attempt or hash is given up, so that no agent can fill the volume with beginnings.</summary>
    public void RemoveOtherParts(string captureId, string keptPath)
    {
        if (File.Exists(keptPath))
        {
            return;
        }

        foreach (var other in Directory.EnumerateFiles(uploads, $"{Checked(captureId)}.*.part"))
        {
            File.Delete(other);
        }
    }

    public string OriginalPath(string captureId) => Path.Combine(artifacts, Checked(captureId), OriginalName);

    /// <summary>The name under which the stored original is offered, by its first bytes.</summary>
    public string OriginalNameOf(string captureId)
    {
        using var file = File.OpenRead(OriginalPath(captureId));
        return file.ReadByte() == 0x1F && file.ReadByte() == 0x8B ? PprofOriginalName : OriginalName;
    }

    /// <summary>Null when the name cannot be one of the store's.</summary>
    public string? FindPath(string captureId, string name)
    {
        if (!IsCaptureId(captureId) || !NamePattern().IsMatch(name))
        {
            return null;
        }

        var folder = Path.Combine(artifacts, captureId);
        return IsOriginal(name) ? Path.Combine(folder, OriginalName) : Path.Combine(folder, "analysis", name);
    }

    /// <summary>Free bytes of the volume.</summary>
    public long FreeBytes() => new DriveInfo(Path.GetFullPath(artifacts)).AvailableFreeSpace;

    /// <summary>Gives a complete, flushed upload its final name.</summary>
    public void AdoptOriginal(string captureId, string partialPath)
    {
        var target = OriginalPath(captureId);
        PrivateFolder.Create(Path.GetDirectoryName(target)!);
        DurableFile.FlushFolder(artifacts);
        DurableFile.Move(partialPath, target);
    }

    /// <summary>Empty folders for one run of the analyzer, gone when disposed.</summary>
    public AnalysisFolder CreateAnalysisFolder(string captureId) =>
        new(Path.GetFullPath(Path.Combine(work, $"{Checked(captureId)}.{Path.GetRandomFileName()}")));

    /// <summary>Removes what earlier processes of the silo left behind: folders of analyses, and uploads that nobody continued.</summary>
    public void RemoveLeftovers(DateTimeOffset abandonedBefore)
    {
        foreach (var folder in Directory.EnumerateDirectories(work))
        {
            Directory.Delete(folder, recursive: true);
        }

        foreach (var upload in new DirectoryInfo(uploads).EnumerateFiles("*.part").Where(file => file.LastWriteTimeUtc < abandonedBefore))
        {
            upload.Delete();
        }
    }

    /// <summary>
    /// Flushes and hashes the analyzer's outputs and moves the whole folder into the store in one rename.
    /// They are listed only once the table has them.
    /// </summary>
    /// <exception cref="InvalidDataException">The folder holds what no analyzer of ours writes.</exception>
    public async Task<IReadOnlyList<StoredFile>> AdoptOutputsAsync(string captureId, string folder, CancellationToken cancellationToken)
    {
        var entries = new DirectoryInfo(folder).GetFileSystemInfos();
        if (entries.Length > MaxOutputs || entries.Any(entry => entry is not FileInfo { LinkTarget: null } || !NamePattern().IsMatch(entry.Name) || IsOriginal(entry.Name)))
        {
            throw new InvalidDataException("The analyzer wrote files that it never writes; nothing of them was kept.");
        }

        var files = new List<StoredFile>(entries.Length);
        foreach (var file in entries.Cast<FileInfo>())
        {
            var sha256 = await DurableFile.FlushAndHashAsync(file.FullName, cancellationToken);
            files.Add(new StoredFile(file.Name, ContentTypeOf(file.Name), file.Length, sha256));
        }

        DurableFile.FlushFolder(folder);
        var target = Path.Combine(artifacts, Checked(captureId), "analysis");
        if (Directory.Exists(target))
        {
            // An earlier run moved its outputs and died before the table had them.
            Directory.Delete(target, recursive: true);
        }

        DurableFile.MoveFolder(folder, target);
        return files;
    }

    /// <summary>The same after a restart, another for every silo: the lock of the data folder sees to that.</summary>
    private static string OwnName(string dataFolder) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Environment.MachineName}\n{Path.GetFullPath(dataFolder)}")))[..16];

    private static bool IsOriginal(string name) => name is OriginalName or PprofOriginalName;

    private static string Checked(string captureId) =>
        IsCaptureId(captureId) ? captureId : throw new ArgumentException("This is no capture id.", nameof(captureId));

    private static string CheckedHash(string sha256) =>
        IsSha256(sha256) ? sha256 : throw new ArgumentException("This is no SHA-256 in lower-case hex.", nameof(sha256));

    [GeneratedRegex(@"\A[a-z0-9](?:[a-z0-9-]{0,94}[a-z0-9])?-[0-9]{1,8}\z")]
    private static partial Regex CaptureIdPattern();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex Sha256Pattern();

    [GeneratedRegex(@"\A[a-z0-9]{1,20}(?:[.-][a-z0-9]{1,20}){0,4}\z")]
    private static partial Regex NamePattern();
}

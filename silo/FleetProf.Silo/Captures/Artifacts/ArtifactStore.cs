using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using FleetProf.Silo.Captures.Analyses;
using FleetProf.Silo.Captures.Artifacts.Sealing;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>
/// Files of captures in a local folder: CAPTURE/original.nettrace, whatever its format, and CAPTURE/analysis/*. Bytes are written under a
/// temporary name, flushed, hashed and renamed, so that a name never shows half a file. Originals are sealed where there are keys; older
/// ones may be plain. All names are made here from capture ids and a closed set of file names: nothing an agent or analyzer says becomes a path.
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
    private readonly Func<long> freeBytes;
    private readonly ArtifactKeys? keys;

    /// <param name="dataFolder">Of this silo alone.</param>
    /// <param name="sharedFolder">Of all silos; null: what is stored lies in the data folder too.</param>
    /// <param name="freeBytes">Null: asks the volume.</param>
    /// <param name="keys">Seal originals. Null: they are stored plain.</param>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    public ArtifactStore(string dataFolder, string? sharedFolder = null, Func<long>? freeBytes = null, ArtifactKeys? keys = null)
    {
        this.keys = keys;
        var store = sharedFolder ?? dataFolder;
        artifacts = Path.Combine(store, "artifacts");
        uploads = Path.Combine(store, "uploads");

        // On the volume of the artifacts, for results are moved there by one rename; and never another silo's.
        work = sharedFolder is null ? Path.Combine(dataFolder, "work") : Path.Combine(sharedFolder, "work", OwnName(dataFolder));
        PrivateFolder.Create(artifacts);
        PrivateFolder.Create(uploads);
        PrivateFolder.Create(work);
        this.freeBytes = freeBytes ?? (() => new DriveInfo(Path.GetFullPath(artifacts)).AvailableFreeSpace);
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
        using var file = OpenOriginal(captureId);
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
    public long FreeBytes() => freeBytes();

    /// <summary>Deletes all files of a capture; what is not there is no error. Durable when it returns.</summary>
    public void Remove(string captureId)
    {
        var folder = Path.Combine(artifacts, Checked(captureId));
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
            DurableFile.FlushFolder(artifacts);
        }
    }

    /// <summary>The plain bytes of the stored original, from any place.</summary>
    /// <exception cref="InvalidDataException">It was changed or cut off since it was stored; also while it is read.</exception>
    /// <exception cref="IOException">It is missing, or it is sealed and its key is not at hand.</exception>
    public Stream OpenOriginal(string captureId)
    {
        var path = OriginalPath(captureId);
        return SealedFormat.IdOf(path) is not { } id
            ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous)
            : new SealedStream(path, id, captureId, keys ?? throw new IOException("The stored artifact is sealed, and there is no artifact key."));
    }

    /// <summary>The original for one analysis, plain, under a path that this user's processes can open. Throws as <see cref="OpenOriginal"/>.</summary>
    public async Task<PlainInput> OpenForAnalysisAsync(string captureId, string temporary, CancellationToken cancellationToken)
    {
        await using var stream = OpenOriginal(captureId);
        return stream is SealedStream original ? await PlainInput.CreateAsync(original, temporary, cancellationToken) : PlainInput.OfPlain(OriginalPath(captureId));
    }

    /// <summary>Whether the stored original has these plain bytes.</summary>
    public async Task<bool> HoldsAsync(string captureId, long sizeBytes, string sha256, CancellationToken cancellationToken)
    {
        if (!File.Exists(OriginalPath(captureId)))
        {
            return false;
        }

        try
        {
            await using var stream = OpenOriginal(captureId);
            return stream.Length == sizeBytes && Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)) == sha256;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Wraps the keys of all sealed originals by the current key, where another one did. Their bytes stay.</summary>
    /// <returns>How many were wrapped anew, and of how many the key could not be unwrapped.</returns>
    public (int Done, int Failed) Rewrap()
    {
        var (done, failed) = (0, 0);
        foreach (var folder in keys is null ? [] : new DirectoryInfo(artifacts).EnumerateDirectories().Where(folder => IsCaptureId(folder.Name)))
        {
            try
            {
                var path = OriginalPath(folder.Name);
                done += File.Exists(path) && SealedFile.Rewrap(path, folder.Name, keys!) ? 1 : 0;
            }
            catch (Exception unreadable) when (unreadable is InvalidDataException or IOException)
            {
                failed++;
            }
        }

        return (done, failed);
    }

    /// <summary>Gives a complete, flushed upload its final name, sealed where there are keys. Repeating it after any end of the silo is safe.</summary>
    public async Task AdoptOriginalAsync(string captureId, string partialPath, CancellationToken cancellationToken)
    {
        var target = OriginalPath(captureId);
        PrivateFolder.Create(Path.GetDirectoryName(target)!);
        DurableFile.FlushFolder(artifacts);
        if (keys is null)
        {
            DurableFile.Move(partialPath, target);
            return;
        }

        await SealedFile.SealAsync(partialPath, target, captureId, keys, cancellationToken);
        File.Delete(partialPath);
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

    public static bool IsOriginal(string name) => name is OriginalName or PprofOriginalName;

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

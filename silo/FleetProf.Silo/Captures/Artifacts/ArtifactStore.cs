using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using FleetProf.Silo.Captures.Analyses;
using FleetProf.Silo.Captures.Artifacts.Sealing;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>
/// Files of captures: CAPTURE/original.nettrace, whatever its format, and CAPTURE/analysis-RUN/* of each run of the analyzer, on a shelf, and uploads
/// that grow in a folder. Which run's results are a capture's says the catalog; those of silos before there were runs are in CAPTURE/analysis.
/// All are sealed from their first byte on; those of silos before this version may be plain, and are read while they are what the catalog says. All names are made here
/// from capture ids and a closed set of file names: nothing an agent or analyzer says becomes a path.
/// </summary>
internal sealed partial class ArtifactStore
{
    public const string OriginalName = "original.nettrace";

    /// <summary>Under which a gzipped original is listed: a profile of a Go program.</summary>
    public const string PprofOriginalName = "original.pb.gz";

    /// <summary>The analyzer's outputs; more than this is not one of ours.</summary>
    private const int MaxOutputs = 64;

    private const string KeyEnding = ".key";

    private readonly IArtifactShelf shelf;
    private readonly ArtifactKeys keys;
    private readonly string uploads;
    private readonly string work;
    private readonly Func<long> uploadBytes;
    private readonly Func<long> workBytes;
    private readonly Func<string, string, CancellationToken, Task<string?>> runOf;

    /// <summary>Where silos before this version let the analyzer work; what a killed one left there is removed.</summary>
    private readonly string? formerWork;

    /// <param name="dataFolder">Of this silo alone.</param>
    /// <param name="sharedFolder">Of all silos; null: what is stored lies in the data folder too.</param>
    /// <param name="freeBytes">Null: asks the volume.</param>
    /// <param name="keys">Null: keys/artifact.key in the folder.</param>
    /// <param name="shelf">Null: artifacts in the folder.</param>
    /// <param name="runOf">The run whose result of a capture's and a file's name counts, null where none does. Null: no result of a run is read.</param>
    /// <exception cref="IOException">The folder cannot be created, or there is no key.</exception>
    public ArtifactStore(
        string dataFolder, string? sharedFolder = null, Func<long>? freeBytes = null, ArtifactKeys? keys = null, IArtifactShelf? shelf = null, Func<string, string, CancellationToken, Task<string?>>? runOf = null)
    {
        var folder = sharedFolder ?? dataFolder;
        this.keys = keys ?? ArtifactKeys.Open(Path.Combine(folder, "keys", "artifact.key"));
        this.shelf = shelf ?? new FolderShelf(Path.Combine(folder, "artifacts"), freeBytes);
        this.runOf = runOf ?? ((_, _, _) => Task.FromResult<string?>(null));
        uploads = Path.Combine(folder, "uploads");

        // The analyzer's files are plain: on this silo's own disk, and removed at its next start whatever its end.
        work = Path.Combine(dataFolder, "work");
        formerWork = sharedFolder is null ? null : Path.Combine(sharedFolder, "work", OwnName(dataFolder));
        PrivateFolder.Create(uploads);
        PrivateFolder.Create(work);
        uploadBytes = freeBytes ?? (() => new DriveInfo(Path.GetFullPath(uploads)).AvailableFreeSpace);
        workBytes = freeBytes ?? (() => new DriveInfo(Path.GetFullPath(work)).AvailableFreeSpace);
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

    /// <summary>
    /// The growing upload of an attempt. Its hash is part of the name: other content is another upload, never a continuation. A capture has one
    /// artifact: what grew under another attempt or hash is given up, so that no agent can fill the volume with beginnings.
    /// </summary>
    /// <exception cref="StoreAwayException">The share that uploads grow on is not mounted.</exception>
    public PartialUpload OpenPart(string captureId, int attempt, string sha256, long sizeBytes)
    {
        var path = PartPath(captureId, attempt, sha256);
        if (!Directory.Exists(uploads))
        {
            throw new StoreAwayException($"The folder of uploads {uploads} is away. Mount its share again, and uploads go on.", null);
        }

        foreach (var other in File.Exists(path) ? [] : Directory.EnumerateFiles(uploads, $"{Checked(captureId)}.*.part"))
        {
            File.Delete(other);
        }

        return new PartialUpload(path, sizeBytes, keys);
    }

    public bool HasPart(string captureId, int attempt, string sha256) => File.Exists(PartPath(captureId, attempt, sha256));

    public void RemovePart(string captureId, int attempt, string sha256) => File.Delete(PartPath(captureId, attempt, sha256));

    /// <summary>The name under which the stored original is offered, by its first bytes.</summary>
    public async Task<string> OriginalNameOfAsync(string captureId, CancellationToken cancellationToken)
    {
        await using var file = await OpenOriginalAsync(captureId, cancellationToken);
        var start = new byte[2];
        return await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken) == start.Length && start is [0x1F, 0x8B] ? PprofOriginalName : OriginalName;
    }

    /// <summary>Deletes all files of a capture; what is not there is no error. Durable when it returns.</summary>
    public Task RemoveAsync(string captureId, CancellationToken cancellationToken) => shelf.RemoveAsync(Checked(captureId), cancellationToken);

    /// <summary>The plain bytes of a stored file, from any place; null when there is no such file, or it cannot be one of the store's.</summary>
    /// <exception cref="InvalidDataException">It was changed or cut off since it was stored; also while it is read.</exception>
    /// <exception cref="IOException">Its key is not at hand, or the shelf fails.</exception>
    public async Task<Stream?> OpenAsync(string captureId, string name, CancellationToken cancellationToken)
    {
        if (await OpenUncheckedAsync(captureId, name, cancellationToken) is not { } opened)
        {
            return null;
        }

        try
        {
            if (opened.Expected is { } expected)
            {
                await CheckAsync(opened.Content, expected, cancellationToken);
            }

            return opened.Content;
        }
        catch
        {
            await opened.Content.DisposeAsync();
            throw;
        }
    }

    /// <summary>Throws as <see cref="OpenAsync"/>, and where there is no original.</summary>
    public async Task<Stream> OpenOriginalAsync(string captureId, CancellationToken cancellationToken) =>
        await OpenAsync(Checked(captureId), OriginalName, cancellationToken) ?? throw NoOriginal();

    /// <summary>The original for one analysis, plain, under a path that this user's processes can open. Throws as <see cref="OpenOriginalAsync"/>.</summary>
    public async Task<PlainInput> OpenForAnalysisAsync(string captureId, string temporary, CancellationToken cancellationToken)
    {
        var opened = await OpenUncheckedAsync(Checked(captureId), OriginalName, cancellationToken) ?? throw NoOriginal();
        await using var stream = opened.Content;
        return await PlainInput.CreateAsync(stream, temporary, opened.Expected?.Sha256, cancellationToken);
    }

    /// <summary>Whether the stored original has these plain bytes.</summary>
    public async Task<bool> HoldsAsync(string captureId, long sizeBytes, string sha256, CancellationToken cancellationToken)
    {
        try
        {
            if (await OpenUncheckedAsync(Checked(captureId), OriginalName, cancellationToken) is not { } opened)
            {
                return false;
            }

            await using var stream = opened.Content;
            return stream.Length == sizeBytes && (opened.Expected?.Sha256 ?? sha256) == sha256 && Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)) == sha256;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Wraps the keys of all stored files by the current key, where another one did. The files stay.</summary>
    /// <returns>How many were wrapped anew, and how many could not be unwrapped.</returns>
    /// <exception cref="StoreAwayException">Not all were looked at: nothing is known of the others.</exception>
    public async Task<(int Done, int Failed)> RewrapAsync(CancellationToken cancellationToken)
    {
        var (done, failed) = (0, 0);
        await foreach (var name in shelf.ListAsync("", cancellationToken))
        {
            if (shelf is not FolderShelf && !keys.HasFormer)
            {
                // A request for each key file, to find that there is nothing to do. The first page has shown that the shelf answers.
                break;
            }

            var captureId = name.Split('/')[0];
            if (!name.EndsWith(KeyEnding, StringComparison.Ordinal) || !IsCaptureId(captureId))
            {
                continue;
            }

            try
            {
                if (await shelf.ReadBytesAsync(name, cancellationToken) is { } bytes && !WrappedKey.IsCurrent(bytes, keys))
                {
                    await shelf.PutBytesAsync(name, WrappedKey.Wrap(WrappedKey.Unwrap(bytes, captureId, keys), captureId, keys), cancellationToken);
                    done++;
                }
            }
            catch (Exception unreadable) when (unreadable is InvalidDataException or IOException and not StoreAwayException)
            {
                failed++;
            }
        }

        return (done, failed);
    }

    /// <summary>Stores a complete upload under its final name and removes it. Repeating it after any end of the silo is safe.</summary>
    /// <returns>False, with nothing stored, when its bytes have another SHA-256.</returns>
    /// <exception cref="InvalidDataException">The upload was changed since it was received.</exception>
    public async Task<bool> TryAdoptOriginalAsync(string captureId, int attempt, string sha256, PartialUpload part, CancellationToken cancellationToken)
    {
        var name = OriginalOf(captureId);
        var dataKey = RandomNumberGenerator.GetBytes(ArtifactKeys.KeyBytes);
        var id = RandomNumberGenerator.GetBytes(SealedFormat.IdBytes);
        var path = shelf.PathForNew(name);
        try
        {
            if (await SealAsync(part, new SealedWriter(path, id, dataKey), cancellationToken) != sha256)
            {
                return false;
            }

            // First the key, then the name: at any end of the silo the name shows all or nothing.
            var keyName = $"{name}.{Convert.ToHexStringLower(id)}{KeyEnding}";
            await shelf.PutBytesAsync(keyName, WrappedKey.Wrap(dataKey, captureId, keys), cancellationToken);
            await shelf.PutAsync(name, path, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
            DurableFile.Drop(path);
        }

        // Keys of other tries stay until the capture goes: another silo may be about to give its file the name that this one has now.
        RemovePart(captureId, attempt, sha256);
        return true;
    }

    /// <summary>Empty folders for one run of the analyzer, gone when disposed.</summary>
    public AnalysisFolder CreateAnalysisFolder(string captureId) =>
        new(Path.GetFullPath(Path.Combine(work, $"{Checked(captureId)}.{Path.GetRandomFileName()}")));

    /// <summary>Removes the folders of analyses that earlier processes of the silo left behind.</summary>
    public void RemoveLeftovers()
    {
        foreach (var folder in Directory.EnumerateDirectories(work))
        {
            Directory.Delete(folder, recursive: true);
        }

        if (Directory.Exists(formerWork))
        {
            Directory.Delete(formerWork, recursive: true);
        }
    }

    /// <summary>Uploads that nobody has continued since then.</summary>
    public IReadOnlyList<FileInfo> ListAbandonedParts(DateTimeOffset since) => [.. new DirectoryInfo(uploads).EnumerateFiles("*.part").Where(file => file.LastWriteTimeUtc < since)];

    /// <summary>Seals the analyzer's outputs into the store. They are listed and read only once the table names the run.</summary>
    /// <param name="captureId">Whose artifact was analysed.</param>
    /// <param name="run">Of this try alone: what another silo stores of the same artifact must be neither replaced nor removed.</param>
    /// <param name="folder">Of the outputs.</param>
    /// <param name="cancellationToken">Leaves what is stored by then.</param>
    /// <exception cref="InvalidDataException">The folder holds what no analyzer of ours writes.</exception>
    public async Task<IReadOnlyList<StoredFile>> AdoptOutputsAsync(string captureId, string run, string folder, CancellationToken cancellationToken)
    {
        var entries = new DirectoryInfo(folder).GetFileSystemInfos();
        if (entries.Length > MaxOutputs || entries.Any(entry => entry is not FileInfo { LinkTarget: null } || !NamePattern().IsMatch(entry.Name) || IsOriginal(entry.Name)))
        {
            throw new InvalidDataException("The analyzer wrote files that it never writes; nothing of them was kept.");
        }

        var dataKey = RandomNumberGenerator.GetBytes(ArtifactKeys.KeyBytes);
        var id = RandomNumberGenerator.GetBytes(SealedFormat.IdBytes);
        await shelf.PutBytesAsync(ResultOf(captureId, run, Convert.ToHexStringLower(id) + KeyEnding), WrappedKey.Wrap(dataKey, captureId, keys), cancellationToken);
        var files = new List<StoredFile>(entries.Length);
        foreach (var output in entries.Cast<FileInfo>())
        {
            var name = ResultOf(captureId, run, output.Name);
            var path = shelf.PathForNew(name);
            try
            {
                var (length, sha256) = await SealAsync(output.FullName, new SealedWriter(path, id, SealedFormat.KeyOf(dataKey, output.Name)), cancellationToken);
                await shelf.PutAsync(name, path, cancellationToken);
                files.Add(new StoredFile(output.Name, ContentTypeOf(output.Name), length, sha256) { Run = run });
            }
            finally
            {
                DurableFile.Drop(path);
            }
        }

        CryptographicOperations.ZeroMemory(dataKey);
        return files;
    }

    /// <summary>As <see cref="OpenAsync"/>; what a file that lies plain holds is not compared yet.</summary>
    private async Task<Opened?> OpenUncheckedAsync(string captureId, string name, CancellationToken cancellationToken)
    {
        if (!IsCaptureId(captureId) || !NamePattern().IsMatch(name))
        {
            return null;
        }

        var run = IsOriginal(name) ? null : await runOf(captureId, name, cancellationToken);
        var stored = IsOriginal(name) ? OriginalOf(captureId) : ResultOf(captureId, run, name);
        if (await shelf.OpenAsync(stored, cancellationToken) is not { } file)
        {
            return null;
        }

        try
        {
            if (await SealedFormat.ReadIdAsync(file, cancellationToken) is not { } id)
            {
                return new Opened(file, await ExpectedAsync(file, captureId, name, cancellationToken));
            }

            var wrapped = await shelf.ReadBytesAsync(IsOriginal(name) ? $"{stored}.{id}{KeyEnding}" : ResultOf(captureId, run, id + KeyEnding), cancellationToken);
            var dataKey = WrappedKey.Unwrap(wrapped, captureId, keys);
            return new Opened(new SealedStream(file, IsOriginal(name) ? dataKey : SealedFormat.KeyOf(dataKey, name)), null);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private static FileNotFoundException NoOriginal() => new("The stored original is missing from the artifact folder.");

    private static async Task<string> SealAsync(PartialUpload part, SealedWriter sealing, CancellationToken cancellationToken)
    {
        await using var writer = sealing;
        await foreach (var plain in part.ReadAsync(cancellationToken))
        {
            await writer.WriteAsync(plain, cancellationToken);
        }

        return await writer.FinishAsync(cancellationToken);
    }

    private static async Task<(long Length, string Sha256)> SealAsync(string plain, SealedWriter sealing, CancellationToken cancellationToken)
    {
        await using var writer = sealing;
        await using var input = new FileStream(plain, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        var buffer = new byte[SealedFormat.ChunkBytes];
        int read;
        while ((read = await input.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await writer.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        var sha256 = await writer.FinishAsync(cancellationToken);
        return (writer.Length, sha256);
    }

    private static string OriginalOf(string captureId) => $"{Checked(captureId)}/{OriginalName}";

    private static string ResultOf(string captureId, string? run, string name) => $"{RunFolderOf(captureId, run)}/{name}";

    private string PartPath(string captureId, int attempt, string sha256) =>
        Path.Combine(uploads, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Checked(captureId)}.{attempt}.{CheckedHash(sha256)}.part"));

    /// <summary>The same after a restart, another for every silo: the lock of the data folder sees to that.</summary>
    internal static string OwnName(string dataFolder) =>
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

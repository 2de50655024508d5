using System.Runtime.CompilerServices;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>
/// A folder of a local or shared file system, each name a path below it. While its root, or the <see cref="FolderMark"/> there, is not the one that it
/// began with, the share is not mounted: nothing is put there, and what is not there is not said to be gone.
/// </summary>
internal sealed class FolderShelf : IArtifactShelf
{
    private const string NewEnding = ".new";

    /// <summary>Whoever writes a file for longer is dead, and left it.</summary>
    private static readonly TimeSpan LongestWrite = TimeSpan.FromDays(1);

    private readonly string root;
    private readonly Func<long> freeBytes;
    private readonly TimeProvider clock;

    /// <summary>Null of a folder that no silo has marked yet: then it is enough that there is one.</summary>
    private readonly string? mark;

    /// <param name="root">Created when missing.</param>
    /// <param name="freeBytes">Null: asks the volume.</param>
    /// <param name="clock">Null: the system's.</param>
    /// <param name="marks">Whether it is marked where it has no mark: a silo's is; who only copies leaves it as it is.</param>
    public FolderShelf(string root, Func<long>? freeBytes = null, TimeProvider? clock = null, bool marks = true)
    {
        this.clock = clock ?? TimeProvider.System;
        this.root = Path.GetFullPath(root);
        PrivateFolder.Create(root);
        mark = marks ? FolderMark.Make(this.root) : FolderMark.Find(this.root);
        this.freeBytes = freeBytes ?? (() => new DriveInfo(this.root).AvailableFreeSpace);
    }

    public long FreeBytes
    {
        get
        {
            RequireThere();
            return freeBytes();
        }
    }

    /// <summary>Where a silo of these settings has its folder.</summary>
    public static string RootOf(SiloOptions silo) => Path.Combine(silo.Artifacts ?? silo.DataFolder, "artifacts");

    public string PathForNew(string name)
    {
        RequireThere();
        var path = PathOf(name);
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            PrivateFolder.Create(folder);
            for (var above = Path.GetDirectoryName(folder)!; above.Length >= root.Length; above = Path.GetDirectoryName(above)!)
            {
                DurableFile.FlushFolder(above);
            }
        }

        RemoveAbandoned(folder, Path.GetFileName(path));

        // By chance: two silos may write the same name at once, and neither may move away what the other still writes.
        return $"{path}.{Path.GetRandomFileName()}{NewEnding}";
    }

    public Task PutAsync(string name, string path, CancellationToken cancellationToken)
    {
        DurableFile.Move(path, PathOf(name));
        return Task.CompletedTask;
    }

    public async Task PutBytesAsync(string name, byte[] bytes, CancellationToken cancellationToken)
    {
        var path = PathForNew(name);
        try
        {
            await using (var stream = new FileStream(path, FileMode.Create, FileAccess.Write))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }

            await PutAsync(name, path, cancellationToken);
        }
        catch
        {
            DurableFile.Drop(path);
            throw;
        }
    }

    public Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<Stream?>(new FileStream(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 12, FileOptions.Asynchronous));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            RequireThere();
            return Task.FromResult<Stream?>(null);
        }
    }

    public async Task<byte[]?> ReadBytesAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(PathOf(name), cancellationToken);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            RequireThere();
            return null;
        }
    }

    public async IAsyncEnumerable<string> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var file in Directory.Exists(PathOf(folder)) ? Directory.EnumerateFiles(PathOf(folder), "*", SearchOption.AllDirectories) : [])
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = Path.GetRelativePath(root, file).Replace('\\', '/');
            if (!file.EndsWith(NewEnding, StringComparison.Ordinal) && !name.StartsWith(FolderMark.FileName, StringComparison.Ordinal))
            {
                yield return name;
            }
        }

        // At the end: what was listed until the share went is not all.
        RequireThere();
    }

    public Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        RequireThere();
        var path = PathOf(name);
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
            DurableFile.FlushFolder(Path.GetDirectoryName(path)!);
        }
        else if (File.Exists(path))
        {
            File.Delete(path);
            DurableFile.FlushFolder(Path.GetDirectoryName(path)!);
        }
        else
        {
            // Once more: the share may have gone in between.
            RequireThere();
        }

        return Task.CompletedTask;
    }

    /// <exception cref="StoreAwayException">What is at the root now is not the folder that this shelf began with.</exception>
    private void RequireThere()
    {
        try
        {
            if (mark is null ? Directory.Exists(root) : FolderMark.Find(root) == mark)
            {
                return;
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw Away(unreadable);
        }

        throw Away(null);
    }

    private StoreAwayException Away(Exception? cause) => new(
        $"The artifact folder {root} is away, or another one is in its place: its {FolderMark.FileName} is not the one that was there at the start. Mount its share again, and everything goes on; where it was changed on purpose, start the silo again.",
        cause);

    private void RemoveAbandoned(string folder, string name)
    {
        var since = (clock.GetUtcNow() - LongestWrite).UtcDateTime;
        foreach (var left in Directory.EnumerateFiles(folder, $"{name}*{NewEnding}").Where(file => File.GetLastWriteTimeUtc(file) < since))
        {
            File.Delete(left);
        }
    }

    private string PathOf(string name) => Path.Combine(root, name);
}

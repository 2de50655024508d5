using System.Runtime.CompilerServices;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>A folder of a local or shared file system, each name a path below it.</summary>
internal sealed class FolderShelf : IArtifactShelf
{
    private const string NewEnding = ".new";

    /// <summary>Whoever writes a file for longer is dead, and left it.</summary>
    private static readonly TimeSpan LongestWrite = TimeSpan.FromDays(1);

    private readonly string root;
    private readonly Func<long> freeBytes;
    private readonly TimeProvider clock;

    /// <param name="root">Created when missing.</param>
    /// <param name="freeBytes">Null: asks the volume.</param>
    /// <param name="clock">Null: the system's.</param>
    public FolderShelf(string root, Func<long>? freeBytes = null, TimeProvider? clock = null)
    {
        this.clock = clock ?? TimeProvider.System;
        this.root = Path.GetFullPath(root);
        PrivateFolder.Create(root);
        this.freeBytes = freeBytes ?? (() => new DriveInfo(this.root).AvailableFreeSpace);
    }

    public long FreeBytes => freeBytes();

    public string PathForNew(string name)
    {
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
            return null;
        }
    }

    public async IAsyncEnumerable<string> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var file in Directory.Exists(PathOf(folder)) ? Directory.EnumerateFiles(PathOf(folder), "*", SearchOption.AllDirectories) : [])
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!file.EndsWith(NewEnding, StringComparison.Ordinal))
            {
                yield return Path.GetRelativePath(root, file).Replace('\\', '/');
            }
        }
    }

    public Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
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

        return Task.CompletedTask;
    }

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

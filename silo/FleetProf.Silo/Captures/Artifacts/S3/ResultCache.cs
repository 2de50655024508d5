using System.Security.Cryptography;
using System.Text;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Captures.Artifacts.S3;

/// <summary>
/// Copies of sealed results in a folder of this silo, up to a number of bytes, and of no more than what uploads, analyses and the catalog leave on its volume; what was
/// not asked for the longest goes first.
/// </summary>
internal sealed class ResultCache
{
    private const string NewEnding = ".new";

    private readonly string folder;
    private readonly long mostBytes;
    private readonly long reserveBytes;
    private readonly Func<long> freeBytes;

    /// <param name="folder">Created when missing; what earlier starts left is used.</param>
    /// <param name="mostBytes">Of all copies together; one that was just asked for stays.</param>
    /// <param name="reserveBytes">That copies leave free on the volume.</param>
    /// <param name="freeBytes">Null: asks the volume.</param>
    public ResultCache(string folder, long mostBytes, long reserveBytes = 0, Func<long>? freeBytes = null)
    {
        (this.folder, this.mostBytes, this.reserveBytes) = (Path.GetFullPath(folder), mostBytes, reserveBytes);
        PrivateFolder.Create(folder);
        this.freeBytes = freeBytes ?? (() => new DriveInfo(this.folder).AvailableFreeSpace);

        // What a killed silo was fetching. From now on such files are somebody's who still writes them.
        foreach (var left in Directory.GetFiles(folder, $"*{NewEnding}", SearchOption.AllDirectories))
        {
            File.Delete(left);
        }
    }

    /// <summary>A copy of the object, which <paramref name="fetch"/> writes to a path where there is none. Null where it has no room, though all others went for it.</summary>
    /// <param name="name">CAPTURE/analysis-RUN/...</param>
    /// <param name="version">Other bytes under the name have another one.</param>
    /// <param name="bytes">Of the object.</param>
    /// <param name="fetch">Writes the object to a path.</param>
    public async Task<FileStream?> OpenAsync(string name, string version, long bytes, Func<string, Task> fetch)
    {
        var path = Path.Combine(folder, name.Split('/')[0], Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\n{version}"))));
        if (TryOpen(path) is { } kept)
        {
            return kept;
        }

        if (!Trim(path, bytes, reserveBytes + bytes))
        {
            return null;
        }

        PrivateFolder.Create(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Path.GetRandomFileName()}{NewEnding}";
        try
        {
            await fetch(temporary);
            var stream = Open(temporary);
            File.Move(temporary, path, overwrite: true);
            Trim(path, stream.Length, reserveBytes);
            return stream;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Drops the copies of one capture.</summary>
    public void Remove(string captureId)
    {
        var path = Path.Combine(folder, captureId);
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    /// <summary>Drops copies until so many bytes are free on the volume, or none is left.</summary>
    public void DropCopies(long untilFreeBytes) => Trim(null, 0, untilFreeBytes);

    /// <summary>False where fewer bytes are free, whatever went for them.</summary>
    private bool Trim(string? kept, long keptBytes, long wantedBytes)
    {
        // Others come and go meanwhile: one that was dropped since it was listed has no length any more.
        var others = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(file => file.FullName != kept && !file.Name.EndsWith(NewEnding, StringComparison.Ordinal) && file.Exists);
        var files = others.OrderBy(file => file.LastWriteTimeUtc).ToList();
        var bytes = files.Sum(file => file.Length) + keptBytes;

        // Asked anew after each: one that somebody still reads gives nothing until then.
        foreach (var file in files.TakeWhile(_ => bytes > mostBytes || freeBytes() < wantedBytes))
        {
            bytes -= file.Length;
            DurableFile.Drop(file.FullName);
        }

        return freeBytes() >= wantedBytes;
    }

    private static FileStream? TryOpen(string path)
    {
        try
        {
            var stream = Open(path);

            // The time of the last use; that of the last access is not kept on many volumes.
            File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime);
            return stream;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 12, FileOptions.Asynchronous);
}

using System.Security.Cryptography;
using System.Text;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Captures.Artifacts.S3;

/// <summary>Copies of sealed results in a folder of this silo, up to a number of bytes; what was not asked for the longest goes first.</summary>
internal sealed class ResultCache
{
    private readonly string folder;
    private readonly long mostBytes;

    /// <param name="folder">Created when missing; what earlier starts left is used.</param>
    /// <param name="mostBytes">Of all copies together; one that was just asked for stays.</param>
    public ResultCache(string folder, long mostBytes)
    {
        (this.folder, this.mostBytes) = (folder, mostBytes);
        PrivateFolder.Create(folder);
    }

    /// <summary>A copy of the object, which <paramref name="fetch"/> writes to a path where there is none.</summary>
    /// <param name="name">CAPTURE/analysis-RUN/...</param>
    /// <param name="version">Other bytes under the name have another one.</param>
    /// <param name="fetch">Writes the object to a path.</param>
    public async Task<FileStream> OpenAsync(string name, string version, Func<string, Task> fetch)
    {
        var path = Path.Combine(folder, name.Split('/')[0], Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\n{version}"))));
        if (TryOpen(path) is { } kept)
        {
            return kept;
        }

        PrivateFolder.Create(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Path.GetRandomFileName()}.new";
        try
        {
            await fetch(temporary);
            var stream = Open(temporary);
            File.Move(temporary, path, overwrite: true);
            Trim(path, stream.Length);
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

    // Others come and go meanwhile: one that has got its final name, or was dropped, since it was listed has no length any more.
    private void Trim(string kept, long keptBytes)
    {
        var others = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Where(file => file.FullName != Path.GetFullPath(kept) && file.Exists);
        var files = others.OrderBy(file => file.LastWriteTimeUtc).ToList();
        var bytes = files.Sum(file => file.Length) + keptBytes;
        foreach (var file in files.TakeWhile(_ => bytes > mostBytes))
        {
            bytes -= file.Length;
            file.Delete();
        }
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

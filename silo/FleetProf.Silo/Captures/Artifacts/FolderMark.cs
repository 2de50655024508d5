using System.Security.Cryptography;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>
/// A few digits by chance in a file of an artifact folder, made once. Silos whose folders have the same mark share one, wherever each has mounted it;
/// a folder without the mark that it had is another one, as the empty one that is left where a share is not mounted. No backup holds it: a restored
/// folder is another one too.
/// </summary>
internal static class FolderMark
{
    public const string FileName = "folder.mark";

    private const int MarkBytes = 8;

    /// <summary>The folder's mark, in lower-case hex; null when there is no mark or no folder.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static string? Find(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, FileName)).Trim();
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>As <see cref="Find"/>; makes folder and mark where they are missing, durably.</summary>
    /// <exception cref="IOException">They cannot be made; the message says the next step where this user may not.</exception>
    public static string Make(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            PrivateFolder.Create(folder);
            if (Find(folder) is { } known)
            {
                return known;
            }

            Write(path);
            DurableFile.FlushFolder(folder);
            return Find(folder) ?? throw new IOException($"{path} was removed while the silo started. Start it again.");
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new IOException($"The silo's user {Environment.UserName} may not read {path}, or make it where it is missing. Give this user the folder: chown -R {Environment.UserName} {folder}", denied);
        }
    }

    private static void Write(string path)
    {
        var temporary = $"{path}.{Path.GetRandomFileName()}";
        using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(MarkBytes))));
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another silo of this folder was faster; its mark is everybody's.
            File.Delete(temporary);
        }
    }
}

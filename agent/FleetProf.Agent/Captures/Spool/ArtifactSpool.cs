using System.Security.Cryptography;
using System.Text;

namespace FleetProf.Agent.Captures.Spool;

/// <summary>The folder of artifacts that wait for the silo, with a limit on their sum and a reserve of free space on its disk.</summary>
/// <param name="folder">Created when missing; belongs to this class alone.</param>
/// <param name="maxBytes">Limit of all files together.</param>
/// <param name="reserveBytes">Free space that is left alone.</param>
internal sealed class ArtifactSpool(string folder, long maxBytes, long reserveBytes)
{
    private const string Ending = ".nettrace";

    /// <summary>Where a capture's artifact is. The name is a hash: ids come from outside and name no paths here.</summary>
    public string PathOf(CaptureKey key) =>
        Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString())))[..32] + Ending);

    /// <summary>Begins an empty artifact. Throws <see cref="IOException"/>.</summary>
    public SpoolFile Create(CaptureKey key, long maxFileBytes)
    {
        Directory.CreateDirectory(folder);
        return new SpoolFile(PathOf(key), maxFileBytes, RoomBytes);
    }

    /// <summary>
    /// Begins a file that is not an artifact yet: it counts, and becomes one by <see cref="Keep"/>. What is not kept is deleted by
    /// <see cref="SpoolFile.Discard"/>, or as an orphan when the agent starts again. Throws <see cref="IOException"/>.
    /// </summary>
    public SpoolFile Hold(CaptureKey key, int number, long maxFileBytes)
    {
        Directory.CreateDirectory(folder);
        return new SpoolFile(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{PathOf(key)}.held{number}"), maxFileBytes, RoomBytes);
    }

    /// <summary>Makes a held file the artifact of its capture; it may be written on. Throws <see cref="IOException"/>.</summary>
    public void Keep(CaptureKey key, SpoolFile held) => held.MoveTo(PathOf(key));

    /// <summary>What may still be written now; zero or less: the spool is full.</summary>
    public long RoomBytes()
    {
        Directory.CreateDirectory(folder);
        var used = new DirectoryInfo(folder).EnumerateFiles().Sum(LengthOf);
        return Math.Min(maxBytes - used, new DriveInfo(folder).AvailableFreeSpace - reserveBytes);
    }

    /// <summary>An acknowledgement deletes files at any moment.</summary>
    private static long LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }

    /// <summary>Best effort: what stays is an orphan at the next start.</summary>
    public void Delete(CaptureKey key)
    {
        try
        {
            if (Directory.Exists(folder)) File.Delete(PathOf(key));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Deletes files that no capture of <paramref name="known"/> owns: left by a process that was killed.</summary>
    public void DeleteOrphans(IEnumerable<CaptureKey> known)
    {
        if (!Directory.Exists(folder)) return;
        var owned = known.Select(PathOf).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder).Where(path => !owned.Contains(path))) File.Delete(path);
    }
}

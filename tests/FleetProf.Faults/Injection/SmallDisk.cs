namespace FleetProf.Faults.Injection;

/// <summary>A file system in memory, of a size of its own, that can be filled to its last byte.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string ballast;

    private SmallDisk(string folder, bool isMounted) => (Folder, IsSmall, ballast) = (folder, isMounted, Path.Combine(folder, "ballast"));

    public string Folder { get; }

    /// <summary>False where nobody may mount: then it cannot be filled either.</summary>
    public bool IsSmall { get; }

    /// <summary>Root has no right to mount in most containers.</summary>
    public static bool IsPossible { get; } = Try();

    public static SmallDisk Mount(string folder, int megabytes)
    {
        Directory.CreateDirectory(folder);
        return SystemCommand.TryRun("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder) is null ? new(folder, isMounted: true) : Unmounted(folder);
    }

    /// <summary>What there is where nobody may mount: a folder of the machine's own disk.</summary>
    public static SmallDisk Unmounted(string folder) => new(folder, isMounted: false);

    /// <summary>Throws <see cref="InvalidOperationException"/> where the folder lies on the machine's own disk.</summary>
    public void Fill()
    {
        if (!IsSmall)
        {
            throw new InvalidOperationException($"{Folder} is no disk of its own and is not filled.");
        }

        using var file = new FileStream(ballast, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var block = new byte[64 * 1024];
        try
        {
            for (var size = block.Length; size >= 512; size /= 2)
            {
                FillBy(file, block.AsSpan(0, size));
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Empty() => File.Delete(ballast);

    public void Dispose()
    {
        if (IsSmall)
        {
            SystemCommand.TryRun("umount", "-l", Folder);
        }
    }

    private static bool Try()
    {
        var folder = Directory.CreateTempSubdirectory("fleetprof-disk-").FullName;
        bool isPossible;
        using (var disk = Mount(folder, 1))
        {
            isPossible = disk.IsSmall;
        }

        Directory.Delete(folder);
        return isPossible;
    }

    private static void FillBy(FileStream file, ReadOnlySpan<byte> block)
    {
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException) when (block.Length > 512)
        {
            // A smaller block may still fit.
        }
    }
}

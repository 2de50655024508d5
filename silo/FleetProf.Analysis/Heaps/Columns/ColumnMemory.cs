namespace FleetProf.Analysis.Heaps.Columns;

/// <summary>
/// Counts the bytes of all columns outside of the garbage collector's heap. They stand under the same limit as that heap, because
/// snapshots come from hostile files: the limit of the process (DOTNET_GCHeapHardLimit, a container's, or the machine's memory).
/// </summary>
public static class ColumnMemory
{
    private static long _used;

    /// <summary>Bytes of all columns that live.</summary>
    public static long Used => Interlocked.Read(ref _used);

    /// <summary>Bytes that may still be allocated, in columns or in the garbage collector's heap.</summary>
    public static long Free => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - GC.GetTotalMemory(forceFullCollection: false) - Used;

    /// <exception cref="InsufficientMemoryException">The limit would be passed.</exception>
    internal static void Take(long bytes)
    {
        if (bytes > 0 && bytes > Free)
        {
            throw new InsufficientMemoryException($"a column of {bytes >> 20} MiB does not fit under the memory limit");
        }

        Interlocked.Add(ref _used, bytes);
    }

    internal static void Give(long bytes) => Interlocked.Add(ref _used, -bytes);
}

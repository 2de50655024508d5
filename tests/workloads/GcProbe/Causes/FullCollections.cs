namespace GcProbe.Causes;

/// <summary>Full collections, each for a known reason. Some want settings: a hard limit, or little memory.</summary>
internal static class FullCollections
{
    private const int LargeBytes = 1_000_000;
    private static readonly List<byte[]> live = [];

    public static long Induce()
    {
        GC.Collect(2, GCCollectionMode.Forced, blocking: true);
        return Garbage.Latest;
    }

    public static long UseUpLargeObjectBudget() => Until(() => GC.KeepAlive(new byte[LargeBytes]));

    /// <summary>With DOTNET_GCHeapHardLimit: allocates until the runtime refuses. The last full collection before that is planted.</summary>
    public static IReadOnlyList<long> FillToTheLimit(int rounds)
    {
        var numbers = new List<long>();
        for (var round = 0; round < rounds; round++)
        {
            var large = new List<byte[]>();
            try
            {
                while (true) large.Add(new byte[LargeBytes * 4]);
            }
            catch (OutOfMemoryException)
            {
                numbers.Add(GC.GetGCMemoryInfo(GCKind.FullBlocking).Index);
                large.Clear();
            }
        }

        return numbers;
    }

    /// <summary>With DOTNET_GCTotalPhysicalMemory below 200 MB and a hard limit far above: a live set that fills that memory.</summary>
    public static IReadOnlyList<long> WorkUnderHighLoad(int rounds)
    {
        while (live.Count < 10_000) live.Add(new byte[20_000]);
        return Provocation.Repeat(rounds, () => Until(() => Replace(20_000)));
    }

    /// <summary>
    /// With concurrent GC: seven eighths of generation 2 die, and a background collection leaves their space where it is, in holes too
    /// small for the blocks that grow old next. When these have used up the generation's budget, the runtime would collect in the
    /// background again, were it not for the holes: it stops the process and compacts. Rounds in which it did not are left out.
    /// </summary>
    public static IReadOnlyList<long> Fragment(int rounds)
    {
        const int Objects = 100_000, ObjectBytes = 1_000, BlockBytes = 50_000, MaxBlocks = 1_500;
        var numbers = new List<long>();
        for (var round = 0; round < rounds; round++)
        {
            var old = new byte[Objects][];
            for (var i = 0; i < Objects; i++) old[i] = new byte[ObjectBytes];
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            for (var i = 0; i < Objects; i++)
                if (i % 8 != 0)
                    old[i] = [];
            var swept = GC.GetGCMemoryInfo(GCKind.Background).Index;
            GC.Collect(2, GCCollectionMode.Forced, blocking: false);
            while (GC.GetGCMemoryInfo(GCKind.Background).Index == swept) Thread.Sleep(1);
            var (induced, background) = (GC.GetGCMemoryInfo(GCKind.FullBlocking).Index, GC.GetGCMemoryInfo(GCKind.Background).Index);
            var blocks = new List<byte[]>();
            while (blocks.Count < MaxBlocks && GC.GetGCMemoryInfo(GCKind.FullBlocking).Index == induced) blocks.Add(new byte[BlockBytes]);
            var made = GC.GetGCMemoryInfo(GCKind.FullBlocking);
            if (made.Index > induced && made.Compacted && GC.GetGCMemoryInfo(GCKind.Background).Index == background) numbers.Add(made.Index);
            GC.KeepAlive(old);
        }

        return numbers;
    }

    private static void Replace(int bytes)
    {
        for (var i = 0; i < 1_000; i++) live[Random.Shared.Next(live.Count)] = new byte[bytes];
    }

    // -1 for a background collection that is not over yet: its number is not known.
    private static long Until(Action work)
    {
        var (before, latest) = (GC.CollectionCount(2), Garbage.Latest);
        while (GC.CollectionCount(2) == before) work();
        var number = Math.Max(GC.GetGCMemoryInfo(GCKind.FullBlocking).Index, GC.GetGCMemoryInfo(GCKind.Background).Index);
        return number > latest ? number : -1;
    }
}

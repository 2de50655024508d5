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

    /// <summary>With the same settings: a generation 2 of which four fifths die in place, then short-lived garbage only. Rounds without a full collection are left out.</summary>
    public static IReadOnlyList<long> Fragment(int rounds)
    {
        var numbers = new List<long>();
        for (var round = 0; round < rounds; round++)
        {
            live.Clear();
            for (var i = 0; i < 40_000; i++) live.Add(new byte[4_000]);
            GC.Collect(2, GCCollectionMode.Forced, blocking: true);
            for (var i = 0; i < live.Count; i++)
                if (i % 5 != 0)
                    live[i] = [];
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: false);
            var before = GC.CollectionCount(2);
            for (var i = 0; i < 2_000_000 && GC.CollectionCount(2) == before; i++) GC.KeepAlive(new byte[1_000]);
            if (GC.CollectionCount(2) > before) numbers.Add(GC.GetGCMemoryInfo(GCKind.FullBlocking).Index);
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

using System.Runtime.InteropServices;

namespace GcProbe.Causes;

/// <summary>Young collections that are long because of the objects they meet.</summary>
internal static class YoungObjects
{
    private const int LinkedObjects = 500_000;
    private const int ScatteredObjects = 12_000;
    private const int PinnedObjects = 60_000;
    private const int FinalizableObjects = 200_000;

    /// <summary>A long chain that is alive: each object must be found before the next.</summary>
    public static long CollectAmongSurvivors()
    {
        Link? last = null;
        for (var i = 0; i < LinkedObjects; i++) last = new Link(last);
        var number = Garbage.UntilCollected();
        GC.KeepAlive(last);
        return number;
    }

    /// <summary>Living objects of two kilobytes between dead ones: few to find, much to move. -1 where the runtime chose not to move them.</summary>
    public static long CollectAmongScatteredSurvivors()
    {
        var kept = new byte[ScatteredObjects][];
        for (var i = 0; i < ScatteredObjects; i++)
        {
            Garbage.Make(1);
            kept[i] = new byte[2_000];
        }

        var number = Garbage.UntilCollected();
        GC.KeepAlive(kept);
        return GC.GetGCMemoryInfo(GCKind.Any).Compacted ? number : -1;
    }

    /// <summary>Pinned buffers between garbage.</summary>
    public static long CollectAmongPinned()
    {
        var pins = new GCHandle[PinnedObjects];
        for (var i = 0; i < PinnedObjects; i++)
        {
            _ = new byte[200];
            pins[i] = GCHandle.Alloc(new byte[200], GCHandleType.Pinned);
        }

        var number = Garbage.UntilCollected();
        foreach (var pin in pins) pin.Free();
        return number;
    }

    /// <summary>Dead objects whose finalizers have not run.</summary>
    public static long CollectFinalizable()
    {
        for (var i = 0; i < FinalizableObjects; i++) _ = new Closable();
        var number = Garbage.UntilCollected();
        GC.WaitForPendingFinalizers();
        return number;
    }

    private sealed class Link(Link? next)
    {
        public Link? Next { get; } = next;
    }

    private sealed class Closable
    {
        private static long closed;
        private readonly int[] resource = new int[8];

        ~Closable() => closed += resource.Length;
    }
}

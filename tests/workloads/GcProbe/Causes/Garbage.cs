namespace GcProbe.Causes;

/// <summary>Short-lived small objects, which make the runtime collect by itself.</summary>
internal static class Garbage
{
    private static byte[]? sink;

    /// <summary>The number of the latest collection, as the runtime's events count.</summary>
    public static long Latest => GC.GetGCMemoryInfo(GCKind.Any).Index;

    /// <summary>Whether the latest collection stopped the process for ten milliseconds or more.</summary>
    public static bool WasLong => GC.GetGCMemoryInfo(GCKind.Any).PauseDurations[0].TotalMilliseconds >= 10;

    /// <summary>Allocates until a young collection has happened and returns its number.</summary>
    public static long UntilCollected()
    {
        var before = Latest;
        while (Latest == before) Make(500);
        return Latest;
    }

    public static void Make(int kilobytes)
    {
        for (var i = 0; i < kilobytes; i++) sink = new byte[1000];
        GC.KeepAlive(sink);
    }
}

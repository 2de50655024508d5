using FleetProf.Agent.Collectors.DotNet.Captures;

namespace FleetProf.Agent.Captures;

/// <summary>
/// Whether a session's buffer fits beside its target. Of a heap snapshot the target holds the whole stream in memory while it is
/// stopped; measured 71 to 76 bytes per object, more with more references. Of any other session it holds what was not read in time.
/// </summary>
internal static class HeapSnapshotBudget
{
    public const int MaxBufferMegabytes = 4_096;

    private const int MinBufferMegabytes = 64;

    // With less, one burst of events is lost before anybody has read it.
    private const int MinStreamMegabytes = 32;

    private const long BytesPerObject = 80;
    private const long SmallestMeanObjectBytes = 50;

    // A part of the headroom stays for what the service itself allocates meanwhile.
    private const double UsableShare = 0.8;

    /// <summary>Buffer in megabytes, or null with a sentence why not.</summary>
    /// <param name="heapBytes">After the last collection, or all of the private memory where that is unknown.</param>
    /// <param name="headroomBytes">Null: no limit is known.</param>
    /// <param name="refusal">Empty when it fits.</param>
    public static int? BufferMegabytes(long heapBytes, long? headroomBytes, out string refusal)
    {
        refusal = "";
        var usable = Usable(headroomBytes);
        var needed = heapBytes / SmallestMeanObjectBytes * BytesPerObject;
        if (needed > usable || usable < MinBufferMegabytes * 1_000_000L)
        {
            refusal = $"A snapshot of a heap of {heapBytes / 1_000_000} MB may take {needed / 1_000_000} MB of the target's memory, and {usable / 1_000_000} MB can be spared before its limit.";
            return null;
        }
        return (int)Math.Clamp(usable / 1_000_000, MinBufferMegabytes, MaxBufferMegabytes);
    }

    /// <summary>Buffer in megabytes of a session that is read while its target runs, or null with a sentence why not.</summary>
    /// <param name="headroomBytes">Null: no limit is known.</param>
    /// <param name="refusal">Empty when it fits.</param>
    public static int? StreamMegabytes(long? headroomBytes, out string refusal)
    {
        refusal = "";
        // The runtime counts in powers of two.
        var usable = Usable(headroomBytes) >> 20;
        if (usable >= MinStreamMegabytes) return (int)Math.Min(usable, CaptureRecipe.MaxStreamMegabytes);
        refusal = $"A session may take {MinStreamMegabytes} MB of the target's memory at least, and {usable} MB can be spared before its limit.";
        return null;
    }

    private static long Usable(long? headroomBytes) => headroomBytes is { } headroom ? (long)(headroom * UsableShare) : long.MaxValue;
}

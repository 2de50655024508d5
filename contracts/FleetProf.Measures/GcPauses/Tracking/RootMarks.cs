namespace FleetProf.Measures.GcPauses.Tracking;

/// <summary>
/// Adds up what the heaps of one collection marked from each kind of root. The time of a kind is that since the same heap's
/// previous report, or since the start of the collection for its first.
/// </summary>
internal sealed class RootMarks
{
    private const int MaxHeaps = 1024;
    private long[] latest = new long[4];
    private long startTicks;
    private int heaps;
    private PerRoot ticksPerRoot;

    public bool HasAny => heaps > 0;

    public PerRoot Bytes { get; private set; }

    public void Start(long ticks)
    {
        Array.Clear(latest, 0, heaps);
        (startTicks, heaps, Bytes, ticksPerRoot) = (ticks, 0, default, default);
    }

    public void Add(long ticks, int heap, int rootType, long bytes)
    {
        if (heap is < 0 or >= MaxHeaps) return;
        if (heap >= latest.Length) Array.Resize(ref latest, Math.Max(heap + 1, latest.Length * 2));
        heaps = Math.Max(heaps, heap + 1);
        var previous = Math.Max(latest[heap], startTicks);
        latest[heap] = Math.Max(ticks, previous);
        Bytes = Bytes.Add(rootType, Math.Max(0, bytes));
        ticksPerRoot = ticksPerRoot.Add(rootType, Math.Max(0, ticks - previous));
    }

    public PerRoot MeanMs(double millisecondsPerTick) => heaps == 0 ? default : ticksPerRoot / (heaps / millisecondsPerTick);
}

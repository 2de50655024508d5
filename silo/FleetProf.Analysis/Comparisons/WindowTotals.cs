using FleetProf.Analysis.GcPauses;

namespace FleetProf.Analysis.Comparisons;

/// <summary>Sums of one or more windows of one instance: the unit that is resampled.</summary>
internal sealed class WindowTotals(PauseGrid grid)
{
    public double PauseMs { get; private set; }

    public double ObservedMs { get; private set; }

    public double AllocatedBytes { get; private set; }

    public double GcCount { get; private set; }

    public double HeapBytes { get; private set; }

    public int HeapCount { get; private set; }

    public long[] Counts { get; } = new long[grid.Length];

    public void Add(PauseWindow window)
    {
        PauseMs += window.PauseMs;
        ObservedMs += window.ObservedMs;
        AllocatedBytes += window.AllocatedBytes;
        GcCount += window.GcCount;
        HeapBytes += window.HeapAfterGen2Bytes ?? 0;
        HeapCount += window.HeapAfterGen2Bytes is null ? 0 : 1;
        grid.AddTo(window, Counts);
    }

    public void Add(WindowTotals other)
    {
        PauseMs += other.PauseMs;
        ObservedMs += other.ObservedMs;
        AllocatedBytes += other.AllocatedBytes;
        GcCount += other.GcCount;
        HeapBytes += other.HeapBytes;
        HeapCount += other.HeapCount;
        for (var i = 0; i < Counts.Length; i++) Counts[i] += other.Counts[i];
    }

    public void Clear()
    {
        (PauseMs, ObservedMs, AllocatedBytes, GcCount, HeapBytes, HeapCount) = (0, 0, 0, 0, 0, 0);
        Array.Clear(Counts);
    }
}

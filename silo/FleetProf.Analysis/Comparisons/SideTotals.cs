namespace FleetProf.Analysis.Comparisons;

/// <summary>Sums of the instances of a side, from which its metrics are read.</summary>
internal sealed class SideTotals(PauseGrid grid)
{
    private readonly WindowTotals all = new(grid);
    private double heapMeans;
    private int heapInstances;

    public double? TimeInGcPercent => all.ObservedMs == 0 ? null : all.PauseMs / all.ObservedMs * 100;

    public double? AllocationRate => all.ObservedMs == 0 ? null : all.AllocatedBytes * 1000 / all.ObservedMs;

    /// <summary>Time from one GC to the next, in milliseconds; null without one.</summary>
    public double? GcIntervalMs => all.GcCount == 0 ? null : all.ObservedMs / all.GcCount;

    /// <summary>Mean over instances of the mean over windows: an instance with many gen2 GCs counts once.</summary>
    public double? HeapAfterGen2 => heapInstances == 0 ? null : heapMeans / heapInstances;

    public double? PauseQuantile(double quantile) => grid.Quantile(all.Counts, quantile);

    public void AddInstance(WindowTotals instance)
    {
        all.Add(instance);
        if (instance.HeapCount == 0) return;
        heapMeans += instance.HeapBytes / instance.HeapCount;
        heapInstances++;
    }

    public void Clear()
    {
        all.Clear();
        (heapMeans, heapInstances) = (0, 0);
    }
}

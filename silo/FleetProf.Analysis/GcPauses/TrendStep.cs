using FleetProf.Measures.GcPauses;

namespace FleetProf.Analysis.GcPauses;

/// <summary>Adds up the windows that fall into one step of a trend, of one instance or of several.</summary>
public sealed class TrendStep(long startMs, string instanceId)
{
    private readonly DdSketch[] byGeneration = [new(), new(), new()];
    private readonly List<PauseWindow> lastWithGc = [];
    private readonly List<PauseWindow> lastWithGen2 = [];
    private readonly List<PauseWindow> lastWithProcess = [];
    private DdSketch? allPauses;
    private long windowMs;
    private double cpuSeconds;

    /// <summary>Unix time.</summary>
    public long StartMs { get; } = startMs;

    /// <summary>Empty when instances are merged.</summary>
    public string InstanceId { get; } = instanceId;

    public int InstanceCount { get; private set; }

    public long ObservedMs { get; private set; }

    /// <summary>How long the instances existed in this step, as far as their windows tell.</summary>
    public long ExpectedMs { get; private set; }

    public long Gen0Count { get; private set; }

    public long Gen1Count { get; private set; }

    public long Gen2Count { get; private set; }

    public long BackgroundCount { get; private set; }

    public long InducedCount { get; private set; }

    public long MissedCount { get; private set; }

    public double PauseMs { get; private set; }

    public double SuspendMs { get; private set; }

    public double MaxPauseMs { get; private set; }

    public long AllocatedBytes { get; private set; }

    public long PromotedBytes { get; private set; }

    public long GcCount => Gen0Count + Gen1Count + Gen2Count;

    public double ObservedFraction => ExpectedMs == 0 ? 0 : Math.Min(1, (double)ObservedMs / ExpectedMs);

    /// <summary>0 to 100.</summary>
    public double TimeInGcPercent => ObservedMs == 0 ? 0 : Math.Min(100, PauseMs / ObservedMs * 100);

    /// <summary>Of an instance, on average.</summary>
    public double AllocatedBytesPerSecond => ObservedMs == 0 ? 0 : AllocatedBytes * 1000.0 / ObservedMs;

    /// <summary>Of an instance, on average.</summary>
    public double CpuCores => windowMs == 0 ? 0 : cpuSeconds * 1000 / windowMs;

    /// <summary>Of all generations, in milliseconds; null without a pause.</summary>
    public double? PauseQuantile(double quantile) => Quantile(allPauses ??= MergeGenerations(), quantile);

    public double? PauseQuantile(int generation, double quantile) => Quantile(byGeneration[generation], quantile);

    /// <summary>After the last GC, averaged over the instances that had one.</summary>
    public long? HeapBytes(Func<GenerationBytes, long> part) => Mean(lastWithGc, window => part(window.Heap!.Value));

    public long? HeapAfterGen2Bytes => Mean(lastWithGen2, window => window.HeapAfterGen2Bytes!.Value);

    public long? FragmentedBytes => Mean(lastWithGc.Where(window => window.FragmentedBytes is not null), window => window.FragmentedBytes!.Value);

    public long? WorkingSetBytes => Mean(lastWithProcess, window => window.WorkingSetBytes!.Value);

    /// <summary>Adds the windows of one instance, in order of time, that start in this step.</summary>
    public void Add(ReadOnlySpan<PauseWindow> windows, long expectedMs)
    {
        ExpectedMs += expectedMs;
        if (windows.IsEmpty) return;
        allPauses = null;
        InstanceCount++;
        PauseWindow? gc = null, gen2 = null, process = null;
        foreach (var window in windows)
        {
            AddSums(window);
            if (window.Heap is not null) gc = window;
            if (window.HeapAfterGen2Bytes is not null) gen2 = window;
            if (window.WorkingSetBytes is not null) process = window;
        }

        if (gc is not null) lastWithGc.Add(gc);
        if (gen2 is not null) lastWithGen2.Add(gen2);
        if (process is not null) lastWithProcess.Add(process);
    }

    private void AddSums(PauseWindow window)
    {
        windowMs += window.WindowMs;
        ObservedMs += window.ObservedMs;
        Gen0Count += window.Gen0Count;
        Gen1Count += window.Gen1Count;
        Gen2Count += window.Gen2Count;
        BackgroundCount += window.BackgroundCount;
        InducedCount += window.InducedCount;
        MissedCount += window.MissedCount;
        PauseMs += window.PauseMs;
        SuspendMs += window.SuspendMs;
        MaxPauseMs = Math.Max(MaxPauseMs, window.MaxPauseMs);
        AllocatedBytes += window.AllocatedBytes;
        PromotedBytes += window.PromotedBytes;
        cpuSeconds += window.CpuSeconds;
        PauseSketches.MergeInto(window.Sketches, byGeneration);
    }

    private DdSketch MergeGenerations()
    {
        var all = new DdSketch();
        foreach (var sketch in byGeneration) all.Merge(sketch);
        return all;
    }

    private static double? Quantile(DdSketch sketch, double quantile) => sketch.IsEmpty ? null : sketch.Quantile(quantile);

    private static long? Mean(IEnumerable<PauseWindow> windows, Func<PauseWindow, long> value)
    {
        var (sum, count) = (0.0, 0);
        foreach (var window in windows) (sum, count) = (sum + value(window), count + 1);
        return count == 0 ? null : (long)Math.Round(sum / count);
    }
}

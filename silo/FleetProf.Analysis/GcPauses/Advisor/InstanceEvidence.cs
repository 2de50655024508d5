using System.Globalization;
using FleetProf.Analysis.GcPauses.PauseCycle;
using FleetProf.Measures.GcPauses;

namespace FleetProf.Analysis.GcPauses.Advisor;

/// <summary>What the windows of one process come to. Only windows in which it did something count: an idle hour hides a bad one.</summary>
public sealed record InstanceEvidence
{
    /// <summary>Less work than this part of a processor is idling.</summary>
    private const double ActiveCores = 0.02;

    private const long ConserveMemoryOfDatas = 5;
    private const long LeastLargeObject = 85_000;

    private InstanceEvidence(AdvisedInstance source, IReadOnlyList<PauseWindow> active)
    {
        (Source, Active) = (source, active);
        Cycles = YoungCycles.Of(active);
        BlockingFullP99Ms = BlockingFullPauses(active) is { IsEmpty: false } full ? full.Quantile(0.99) : null;
    }

    public AdvisedInstance Source { get; }

    public IReadOnlyList<PauseWindow> Active { get; }

    public IReadOnlyList<YoungCycle> Cycles { get; }

    public bool IsOfDotNet => IsServer || Source.GcMode.StartsWith("workstation", StringComparison.Ordinal);

    public bool IsServer => Source.GcMode.StartsWith("server", StringComparison.Ordinal);

    public bool IsAdaptive => Source.GcMode.Contains("datas", StringComparison.Ordinal);

    public bool IsConcurrent => !Source.GcMode.Contains("non-concurrent", StringComparison.Ordinal);

    /// <summary>0 when it is not known.</summary>
    public int RuntimeMajor => int.TryParse(Source.Runtime.Split(' ')[^1].Split('.')[0], CultureInfo.InvariantCulture, out var major) ? major : 0;

    public double ObservedSeconds => Active.Sum(window => (double)window.ObservedMs) / 1000;

    public long GcCount => Active.Sum(window => window.GcCount);

    public long YoungCount => Active.Sum(window => window.Gen0Count + window.Gen1Count);

    public long FullCount => Active.Sum(window => window.Gen2Count);

    public long BlockingFullCount => Active.Sum(window => window.Gen2Count - window.BackgroundCount);

    public long InducedCount => Active.Sum(window => window.InducedCount);

    public double PauseMs => Active.Sum(window => window.PauseMs);

    public double SuspendMs => Active.Sum(window => window.SuspendMs);

    public double TimeInGcPercent => ObservedSeconds > 0 ? PauseMs / ObservedSeconds / 10 : 0;

    public double GcsPerSecond => ObservedSeconds > 0 ? GcCount / ObservedSeconds : 0;

    public double PauseMsPerHour => ObservedSeconds > 0 ? PauseMs / ObservedSeconds * 3600 : 0;

    public double AllocatedBytesPerSecond => ObservedSeconds > 0 ? Active.Sum(window => (double)window.AllocatedBytes) / ObservedSeconds : 0;

    /// <summary>Promoted over allocated bytes of windows with young GCs only, 0 to 100; null when there is none.</summary>
    public double? SurvivalPercent => Cycles.Sum(cycle => cycle.Count * cycle.AllocatedBytes) is > 0 and var allocated
        ? Math.Min(100, Cycles.Sum(cycle => cycle.Count * cycle.PromotedBytes) / allocated * 100)
        : null;

    /// <summary>99th percentile of blocking gen2 pauses; null when there was none.</summary>
    public double? BlockingFullP99Ms { get; }

    /// <summary>After the last GC.</summary>
    public long? HeapBytes => Active.LastOrDefault(window => window.Heap is not null)?.Heap?.Total;

    public long? LohBytes => Active.LastOrDefault(window => window.Heap is not null)?.Heap?.Loh;

    public long? FragmentedBytes => Median(Active.Where(window => window.FragmentedBytes is not null).Select(window => window.FragmentedBytes!.Value));

    /// <summary>Committed for the heap; null where the runtime does not tell.</summary>
    public long? CommittedBytes => Median(Active.Where(window => window.CommittedBytes is not null).Select(window => window.CommittedBytes!.Value));

    /// <summary>Objects that a GC may not move, in the median window that had a GC.</summary>
    public long PinnedObjectCount => Median(Active.Where(window => window.Heap is not null).Select(window => window.PinnedObjectCount)) ?? 0;

    /// <summary>Median of the last quarter of the gen2 GCs: what stays.</summary>
    public long? LiveBytes
    {
        get
        {
            var full = Active.Where(window => window.HeapAfterGen2Bytes is not null).Select(window => window.HeapAfterGen2Bytes!.Value).ToList();
            return Median(full.TakeLast(Math.Max(1, full.Count / 4)));
        }
    }

    public long? WorkingSetBytes => Median(Active.Where(window => window.WorkingSetBytes is not null).Select(window => window.WorkingSetBytes!.Value));

    public double MedianHeap => Median(Active.Where(window => window.Heap is not null).Select(window => window.Heap!.Value.Total)) ?? 0;

    /// <summary>The limit that the GC obeys: configured, else three quarters of the container's; 0 without one.</summary>
    public long HeapLimitBytes
    {
        get
        {
            if (GcSettings.Number(Source.Settings, "GCHeapHardLimit", "HeapHardLimit") is > 0 and var limit) return limit;
            var percent = GcSettings.Number(Source.Settings, "GCHeapHardLimitPercent", "HeapHardLimitPercent") is > 0 and <= 100 and var set ? set : 75;
            return Source.MemoryLimitBytes / 100 * percent;
        }
    }

    /// <summary>From 1 to 9 the GC compacts the more: as set, else 5 with DATAS, else 0.</summary>
    public long ConserveMemory => IsConserveMemorySet ? SetConserveMemory : IsAdaptive ? ConserveMemoryOfDatas : 0;

    /// <summary>Zero is as good as not set.</summary>
    public bool IsConserveMemorySet => SetConserveMemory > 0;

    /// <summary>Arrays and other objects from this size on are large ones. The runtime takes no less than its own threshold.</summary>
    public long LargeObjectBytes => Math.Max(LeastLargeObject, GcSettings.Number(Source.Settings, "GCLOHThreshold", "LOHThreshold") ?? 0);

    /// <summary>For the pause-cycle model.</summary>
    public CycleSetting Setting => new()
    {
        Gen0BudgetBytes = GcSettings.Number(Source.Settings, "GCgen0size", null),
        LargestGen0BudgetBytes = Math.Max(0, GcSettings.Number(Source.Settings, "GCGen0MaxBudget", "Gen0MaxBudget") ?? 0),
        IsServer = IsServer,
        IsConcurrent = IsConcurrent,
        IsAdaptive = IsAdaptive,
        HeapCount = IsServer ? (int)Math.Min(GcSettings.Number(Source.Settings, "GCHeapCount", "HeapCount") ?? 0, int.MaxValue) : 0,
        IsAffinitized = (GcSettings.Number(Source.Settings, "GCNoAffinitize", "NoAffinitize") ?? 0) == 0,
        LimitBytes = HeapLimitBytes,
    };

    private long SetConserveMemory => GcSettings.Number(Source.Settings, "GCConserveMemory", "ConserveMemory") ?? 0;

    public static InstanceEvidence Of(AdvisedInstance instance) =>
        new(instance, [.. instance.Windows.Where(window => window.ObservedMs > 0 && (window.GcCount > 0 || window.CpuSeconds * 1000 > ActiveCores * window.WindowMs))]);

    private static DdSketch BlockingFullPauses(IEnumerable<PauseWindow> windows)
    {
        var full = new DdSketch();
        foreach (var window in windows)
            PauseSketches.Read(window.Sketches, (generation, kind, _, sketch) =>
            {
                if (generation == 2 && kind == (int)PauseKind.Blocking) full.Merge(sketch);
            });
        return full;
    }

    private static long? Median(IEnumerable<long> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? null : sorted[sorted.Count / 2];
    }
}

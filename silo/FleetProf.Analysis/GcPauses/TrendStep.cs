using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;

namespace FleetProf.Analysis.GcPauses;

/// <summary>
/// Adds up what falls into one step of a trend: windows of instances, or of whole services. States (heap, committed memory, working set)
/// are averaged over the windows that have them, each of which holds its last one.
/// </summary>
public sealed class TrendStep(long startMs, string instanceId)
{
    private static readonly long[] NoReasons = new long[GcReasons.CountLength];
    private const int MostLongest = 10 * LongestGc.MostOfService;

    private readonly SketchSet sketches = new();

    /// <summary>Mostly a step is one window, and a long trend has a hundred thousand steps: what takes more than that comes when it is needed.</summary>
    private (long AtMs, int Instances) first;
    private Dictionary<long, int>? instancesAt;
    private long[]? reasons;
    private List<LongestGc>? longest;
    private GenerationBytes heap;
    private (long Before, long Fragmented, long Pinned, long Handles) atGc;
    private (long AfterGen2, long Committed, long WorkingSet, long Threads) states;
    private (int Heap, int Gen2, int Committed, int Process) counts;
    private long windowMs;
    private long ownCount;
    private double cpuSeconds;

    /// <summary>Unix time.</summary>
    public long StartMs { get; } = startMs;

    /// <summary>Empty when instances are merged.</summary>
    public string InstanceId { get; } = instanceId;

    /// <summary>The most that were watched at one time, where a time is a window of what was added.</summary>
    public int InstanceCount => instancesAt is null ? first.Instances : instancesAt.Values.Max();

    public long ObservedMs { get; private set; }

    /// <summary>How long the instances existed in this step, as far as their windows tell.</summary>
    public long ExpectedMs { get; private set; }

    public long Gen0Count { get; private set; }

    public long Gen1Count { get; private set; }

    public long Gen2Count { get; private set; }

    public long BackgroundCount { get; private set; }

    public long InducedCount { get; private set; }

    /// <summary>GCs by reason, in the places of <see cref="GcReasons.IndexOf"/>.</summary>
    public IReadOnlyList<long> ReasonCounts => reasons ?? NoReasons;

    public long MissedCount { get; private set; }

    public double PauseMs { get; private set; }

    public double SuspendMs { get; private set; }

    public double MaxPauseMs { get; private set; }

    public long OtherSuspensionCount { get; private set; }

    public double OtherSuspensionMs { get; private set; }

    public long AllocatedBytes { get; private set; }

    public long PromotedBytes { get; private set; }

    public long FinalizationPromotedCount { get; private set; }

    public long GcCount => Gen0Count + Gen1Count + Gen2Count;

    public double ObservedFraction => FractionOf(ObservedMs, ExpectedMs);

    /// <summary>0 to 100.</summary>
    public double TimeInGcPercent => ObservedMs == 0 ? 0 : Math.Min(100, PauseMs / ObservedMs * 100);

    /// <summary>Of an instance, on average.</summary>
    public double AllocatedBytesPerSecond => ObservedMs == 0 ? 0 : AllocatedBytes * 1000.0 / ObservedMs;

    /// <summary>Of an instance, on average.</summary>
    public double CpuCores => windowMs == 0 ? 0 : cpuSeconds * 1000 / windowMs;

    /// <summary>Of all generations, in milliseconds; null without a pause.</summary>
    public double? PauseQuantile(double quantile) => sketches.Quantile(null, quantile);

    public double? PauseQuantile(int generation, double quantile) => sketches.Quantile(generation, quantile);

    /// <summary>Buckets of all pauses, in ascending order.</summary>
    public IEnumerable<SketchBucket> PauseBuckets() => sketches.All().Buckets();

    /// <summary>Causes that had pauses.</summary>
    public IReadOnlyDictionary<GcCause, DdSketch> PausesByCause() => sketches.ByCause();

    public long? HeapBytes(Func<GenerationBytes, long> part) => Mean(part(heap), counts.Heap);

    public long? HeapAfterGen2Bytes => Mean(states.AfterGen2, counts.Gen2);

    public long? HeapBeforeBytes => Mean(atGc.Before, counts.Heap);

    public long? FragmentedBytes => Mean(atGc.Fragmented, counts.Heap);

    public long? CommittedBytes => Mean(states.Committed, counts.Committed);

    public double? PinnedObjectCount => counts.Heap == 0 ? null : (double)atGc.Pinned / counts.Heap;

    public double? GcHandleCount => counts.Heap == 0 ? null : (double)atGc.Handles / counts.Heap;

    public long? WorkingSetBytes => Mean(states.WorkingSet, counts.Process);

    public double? ThreadCount => counts.Process == 0 ? null : (double)states.Threads / counts.Process;

    /// <summary>How much of the time in which instances existed was watched, at most 1.</summary>
    public static double FractionOf(long observedMs, long expectedMs) => expectedMs == 0 ? 0 : Math.Min(1, (double)observedMs / expectedMs);

    public void Expect(long expectedMs) => ExpectedMs += expectedMs;

    /// <summary>Adds the windows of one instance, in order of time, as one window with their last states.</summary>
    public void Add(ReadOnlySpan<PauseWindow> windows)
    {
        if (windows.IsEmpty) return;
        PauseWindow? gc = null, gen2 = null, committed = null, process = null;
        long before = 0;
        var isWatched = false;
        foreach (var window in windows)
        {
            AddSums(window);
            isWatched |= window.ObservedMs > 0;
            if (window.Heap is not null) gc = window;
            if (window.HeapAfterGen2Bytes is not null) gen2 = window;
            if (window.CommittedBytes is not null) committed = window;
            if (window.WorkingSetBytes is not null) process = window;
            before = Math.Max(before, window.HeapBeforeBytes ?? 0);
        }

        AddInstances(windows[0].StartMs, isWatched ? 1 : 0);
        counts = (counts.Heap + One(gc), counts.Gen2 + One(gen2), counts.Committed + One(committed), counts.Process + One(process));
        if (gc is not null) AddHeap(gc, before);
        states.AfterGen2 += gen2?.HeapAfterGen2Bytes ?? 0;
        states.Committed += committed?.CommittedBytes ?? 0;
        AddProcess(process);
    }

    /// <summary>Adds what several instances did at one time.</summary>
    public void Add(FleetWindow window)
    {
        AddSums(window.Sum);
        AddInstances(window.Sum.StartMs, window.Instances);
        counts = (
            counts.Heap + window.HeapInstances, counts.Gen2 + window.Gen2Instances,
            counts.Committed + window.CommittedInstances, counts.Process + window.ProcessInstances);
        AddHeap(window.Sum, window.Sum.HeapBeforeBytes ?? 0);
        states.AfterGen2 += window.Sum.HeapAfterGen2Bytes ?? 0;
        states.Committed += window.Sum.CommittedBytes ?? 0;
        AddProcess(window.Sum);
    }

    /// <summary>All that was added, as one window.</summary>
    public FleetWindow ToWindow() => new()
    {
        Instances = InstanceCount,
        HeapInstances = counts.Heap,
        Gen2Instances = counts.Gen2,
        CommittedInstances = counts.Committed,
        ProcessInstances = counts.Process,
        Sum = new PauseWindow
        {
            InstanceId = InstanceId, StartMs = StartMs, WindowMs = windowMs, ObservedMs = ObservedMs,
            Gen0Count = Gen0Count, Gen1Count = Gen1Count, Gen2Count = Gen2Count,
            BackgroundCount = BackgroundCount, InducedCount = InducedCount, MissedCount = MissedCount, OwnCount = ownCount, ReasonCounts = [.. ReasonCounts],
            PauseMs = PauseMs, MaxPauseMs = MaxPauseMs, SuspendMs = SuspendMs, OtherSuspensionCount = OtherSuspensionCount, OtherSuspensionMs = OtherSuspensionMs,
            AllocatedBytes = AllocatedBytes, PromotedBytes = PromotedBytes, FinalizationPromotedCount = FinalizationPromotedCount,
            Heap = counts.Heap == 0 ? null : heap,
            HeapBeforeBytes = counts.Heap == 0 ? null : atGc.Before,
            FragmentedBytes = counts.Heap == 0 ? null : atGc.Fragmented,
            PinnedObjectCount = atGc.Pinned, GcHandleCount = atGc.Handles,
            HeapAfterGen2Bytes = counts.Gen2 == 0 ? null : states.AfterGen2,
            CommittedBytes = counts.Committed == 0 ? null : states.Committed,
            CpuSeconds = cpuSeconds,
            WorkingSetBytes = counts.Process == 0 ? null : states.WorkingSet,
            ThreadCount = states.Threads,
            Sketches = sketches.ToBytes(),
            Longest = LongestGc.Top(longest ?? [], InstanceId.Length == 0 ? LongestGc.MostOfService : LongestGc.MostOfInstance),
        },
    };

    private void AddSums(PauseWindow window)
    {
        windowMs += window.WindowMs;
        ObservedMs += window.ObservedMs;
        Gen0Count += window.Gen0Count;
        Gen1Count += window.Gen1Count;
        Gen2Count += window.Gen2Count;
        BackgroundCount += window.BackgroundCount;
        InducedCount += window.InducedCount;
        AddReasons(window.ReasonCounts);
        MissedCount += window.MissedCount;
        ownCount += window.OwnCount;
        PauseMs += window.PauseMs;
        SuspendMs += window.SuspendMs;
        MaxPauseMs = Math.Max(MaxPauseMs, window.MaxPauseMs);
        OtherSuspensionCount += window.OtherSuspensionCount;
        OtherSuspensionMs += window.OtherSuspensionMs;
        AllocatedBytes += window.AllocatedBytes;
        PromotedBytes += window.PromotedBytes;
        FinalizationPromotedCount += window.FinalizationPromotedCount;
        cpuSeconds += window.CpuSeconds;
        sketches.Merge(window.Sketches);
        if (window.Longest.Count == 0) return;
        (longest ??= []).AddRange(window.Longest);
        if (longest.Count > MostLongest) longest = [.. LongestGc.Top(longest, LongestGc.MostOfService)];
    }

    private void AddReasons(IReadOnlyList<long> counts)
    {
        if (counts.Count == 0) return;
        reasons ??= new long[GcReasons.CountLength];
        for (var i = 0; i < counts.Count; i++) reasons[Math.Min(i, reasons.Length - 1)] += counts[i];
    }

    private void AddInstances(long atMs, int instances)
    {
        if (instancesAt is null && (first.Instances == 0 || first.AtMs == atMs))
        {
            first = (atMs, first.Instances + instances);
            return;
        }

        instancesAt ??= new() { [first.AtMs] = first.Instances };
        instancesAt[atMs] = instancesAt.GetValueOrDefault(atMs) + instances;
    }

    private void AddHeap(PauseWindow window, long beforeBytes)
    {
        heap += window.Heap ?? default;
        atGc = (
            atGc.Before + beforeBytes, atGc.Fragmented + (window.FragmentedBytes ?? 0),
            atGc.Pinned + window.PinnedObjectCount, atGc.Handles + window.GcHandleCount);
    }

    private void AddProcess(PauseWindow? window)
    {
        states.WorkingSet += window?.WorkingSetBytes ?? 0;
        states.Threads += window?.ThreadCount ?? 0;
    }

    private static int One(PauseWindow? window) => window is null ? 0 : 1;

    private static long? Mean(long sum, int count) => count == 0 ? null : (long)Math.Round((double)sum / count);
}

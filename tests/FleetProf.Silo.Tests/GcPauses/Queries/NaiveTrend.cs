using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.GcPauses;
using FleetProf.Measures.GcPauses;

namespace FleetProf.Silo.Tests.GcPauses.Queries;

/// <summary>The oracle of trends per instance: every figure of a step from all of its windows at once, with all their columns.</summary>
internal static class NaiveTrend
{
    /// <summary>Points by instance, then by time.</summary>
    /// <param name="windows">Of one level, in any order.</param>
    /// <param name="spans">When the instances existed.</param>
    /// <param name="range">Whole steps.</param>
    /// <param name="versionOf">Of an instance.</param>
    public static List<TrendPoint> Of(IReadOnlyList<PauseWindow> windows, IReadOnlyList<InstanceSpan> spans, TrendRange range, Func<string, string> versionOf)
    {
        var points = new List<TrendPoint>();
        var byStep = windows.Where(window => window.StartMs >= range.FromMs).ToLookup(window => (window.InstanceId, (window.StartMs - range.FromMs) / range.StepMs));
        foreach (var span in spans)
        {
            for (var start = range.FromMs; start < range.ToMs; start += range.StepMs)
            {
                var inside = byStep[(span.InstanceId, (start - range.FromMs) / range.StepMs)].OrderBy(window => window.StartMs).ToList();
                var expected = span.OverlapMs(start, start + range.StepMs);
                if (inside.Count > 0 || expected > 0)
                {
                    points.Add(Of(inside, start, range.StepMs, expected) with { Instance = span.InstanceId, Version = versionOf(span.InstanceId) });
                }
            }
        }

        return points;
    }

    private static TrendPoint Of(List<PauseWindow> windows, long startMs, long stepMs, long expectedMs)
    {
        var observed = windows.Sum(window => window.ObservedMs);
        var (heaps, processes) = (windows.Where(window => window.Heap is not null).ToList(), windows.Where(window => window.WorkingSetBytes is not null).ToList());
        var (pauseMs, gcs) = (windows.Sum(window => window.PauseMs), windows.Sum(window => window.Gen0Count + window.Gen1Count + window.Gen2Count));
        return new TrendPoint
        {
            WindowStart = DateTimeOffset.FromUnixTimeMilliseconds(startMs), WindowSeconds = (int)(stepMs / 1000), InstanceCount = windows.Any(window => window.ObservedMs > 0) ? 1 : 0,
            ObservedFraction = expectedMs == 0 ? 0 : Math.Min(1, (double)observed / expectedMs),
            GcCount = gcs, Gen0Count = windows.Sum(window => window.Gen0Count), Gen1Count = windows.Sum(window => window.Gen1Count), Gen2Count = windows.Sum(window => window.Gen2Count),
            BackgroundCount = windows.Sum(window => window.BackgroundCount), InducedCount = windows.Sum(window => window.InducedCount), MissedGcCount = windows.Sum(window => window.MissedCount),
            PauseP50Ms = Quantile(windows, null, 0.5), PauseP95Ms = Quantile(windows, null, 0.95), PauseP99Ms = Quantile(windows, null, 0.99),
            Gen0PauseP99Ms = Quantile(windows, 0, 0.99), Gen1PauseP99Ms = Quantile(windows, 1, 0.99), Gen2PauseP99Ms = Quantile(windows, 2, 0.99),
            MaxPauseMs = windows.Select(window => window.MaxPauseMs).DefaultIfEmpty().Max() is var most and > 0 ? most : null,
            PauseMs = pauseMs, SuspendMs = windows.Sum(window => window.SuspendMs),
            TimeInGcPercent = observed == 0 ? 0 : Math.Min(100, pauseMs / observed * 100),
            AllocatedBytesPerSecond = observed == 0 ? 0 : windows.Sum(window => window.AllocatedBytes) * 1000.0 / observed,
            HeapBytes = Mean(heaps, window => window.Heap!.Value.Total), Gen0Bytes = Mean(heaps, window => window.Heap!.Value.Gen0), Gen1Bytes = Mean(heaps, window => window.Heap!.Value.Gen1),
            Gen2Bytes = Mean(heaps, window => window.Heap!.Value.Gen2), LohBytes = Mean(heaps, window => window.Heap!.Value.Loh), PohBytes = Mean(heaps, window => window.Heap!.Value.Poh),
            HeapBeforeBytes = Mean(heaps, window => window.HeapBeforeBytes!.Value), FragmentedBytes = Mean(heaps, window => window.FragmentedBytes!.Value),
            HeapAfterGen2Bytes = Mean(windows.Where(window => window.HeapAfterGen2Bytes is not null), window => window.HeapAfterGen2Bytes!.Value),
            CommittedBytes = Mean(windows.Where(window => window.CommittedBytes is not null), window => window.CommittedBytes!.Value),
            WorkingSetBytes = Mean(processes, window => window.WorkingSetBytes!.Value),
            PromotedBytes = gcs > 0 ? windows.Sum(window => window.PromotedBytes) : null,
            CpuCores = windows.Count == 0 ? 0 : windows.Sum(window => window.CpuSeconds) * 1000 / windows.Sum(window => window.WindowMs),
            PinnedObjectCount = heaps.Count == 0 ? null : (double)heaps.Sum(window => window.PinnedObjectCount) / heaps.Count,
            GcHandleCount = heaps.Count == 0 ? null : (double)heaps.Sum(window => window.GcHandleCount) / heaps.Count,
            ThreadCount = processes.Count == 0 ? null : (double)processes.Sum(window => window.ThreadCount) / processes.Count,
            FinalizationPromotedCount = windows.Sum(window => window.FinalizationPromotedCount),
            OtherSuspensionCount = windows.Sum(window => window.OtherSuspensionCount), OtherSuspensionMs = windows.Sum(window => window.OtherSuspensionMs),
            Reasons = Enumerable.Range(0, GcReasons.CountLength)
                .Select(index => (Name: GcReasons.NameAt(index), Count: windows.Sum(window => window.ReasonCounts.ElementAtOrDefault(index))))
                .Where(reason => reason.Count > 0).ToDictionary(reason => reason.Name, reason => reason.Count),
        };
    }

    /// <summary>From the sketches of all windows, each read on its own and merged.</summary>
    private static double? Quantile(List<PauseWindow> windows, int? generation, double quantile)
    {
        var all = new DdSketch();
        foreach (var window in windows)
        {
            for (var rest = window.Sketches.Length == 0 ? [] : window.Sketches[1..]; rest.Length > 0;)
            {
                var (length, header) = rest[2] < 0x80 ? (rest[2], 3) : ((rest[2] & 0x7F) | rest[3] << 7, 4);
                all.Merge(generation is null || generation == rest[0] ? DdSketch.FromBytes(rest.AsSpan(header, length)) : new DdSketch());
                rest = rest[(header + length)..];
            }
        }

        return all.IsEmpty ? null : all.Quantile(quantile);
    }

    private static long? Mean(IEnumerable<PauseWindow> windows, Func<PauseWindow, long> of)
    {
        var values = windows.Select(of).ToList();
        return values.Count == 0 ? null : (long)Math.Round((double)values.Sum() / values.Count);
    }
}

using FleetProf.Analysis.GcPauses;
using FleetProf.Measures.GcPauses;

namespace FleetProf.Silo.GcPauses.Export;

/// <summary>What has been counted for one series since the silo runs. Not thread-safe.</summary>
/// <param name="startedAt">When counting began: the start of the first window.</param>
internal sealed class SeriesTotals(DateTimeOffset startedAt)
{
    /// <summary>Upper ends of the buckets of the pause histogram, in milliseconds.</summary>
    public static readonly double[] BucketsMs = [0.5, 1, 2, 3, 5, 7.5, 10, 15, 25, 50, 75, 100, 150, 250, 500, 1_000, 2_500, 5_000, 10_000];

    public DateTimeOffset StartedAt { get; } = startedAt;

    public DateTimeOffset UpdatedAt { get; private set; }

    public long[] Collections { get; private set; } = new long[PauseSketches.Generations];

    /// <summary>In the places of <see cref="GcReasons.IndexOf"/>.</summary>
    public long[] Reasons { get; private set; } = new long[GcReasons.CountLength];

    /// <summary>By generation, then by bucket; one more than there are upper ends.</summary>
    public long[][] Pauses { get; private set; } = [.. Enumerable.Range(0, PauseSketches.Generations).Select(_ => new long[BucketsMs.Length + 1])];

    /// <summary>Sums of the pauses in the buckets, by generation.</summary>
    public double[] PauseSumMs { get; private set; } = new double[PauseSketches.Generations];

    public double PauseMs { get; private set; }

    public double SuspendMs { get; private set; }

    public double ObservedMs { get; private set; }

    public double AllocatedBytes { get; private set; }

    public double PromotedBytes { get; private set; }

    public double CpuSeconds { get; private set; }

    public long Induced { get; private set; }

    public long Missed { get; private set; }

    public void Add(PauseWindow window, DateTimeOffset now)
    {
        UpdatedAt = now;
        Collections[0] += window.Gen0Count;
        Collections[1] += window.Gen1Count;
        Collections[2] += window.Gen2Count;
        for (var i = 0; i < window.ReasonCounts.Count; i++)
        {
            Reasons[Math.Min(i, Reasons.Length - 1)] += window.ReasonCounts[i];
        }

        PauseMs += window.PauseMs;
        SuspendMs += window.SuspendMs;
        ObservedMs += window.ObservedMs;
        AllocatedBytes += window.AllocatedBytes;
        PromotedBytes += window.PromotedBytes;
        CpuSeconds += window.CpuSeconds;
        Induced += window.InducedCount;
        Missed += window.MissedCount;
        PauseSketches.VisitBuckets(window.Sketches, CountPause);
    }

    /// <summary>As it is now: about a kilobyte, which changes no more.</summary>
    public SeriesTotals Copy()
    {
        var copy = (SeriesTotals)MemberwiseClone();
        copy.Collections = [.. Collections];
        copy.Reasons = [.. Reasons];
        copy.Pauses = [.. Pauses.Select(counts => (long[])counts.Clone())];
        copy.PauseSumMs = [.. PauseSumMs];
        return copy;
    }

    private void CountPause(int generation, SketchBucket bucket)
    {
        var index = 0;
        while (index < BucketsMs.Length && bucket.Value > BucketsMs[index])
        {
            index++;
        }

        Pauses[generation][index] += bucket.Count;
        PauseSumMs[generation] += bucket.Value * bucket.Count;
    }
}

using FleetProf.Analysis.Heaps;

namespace FleetProf.Analysis.Allocations.Dual;

/// <summary>
/// Allocated per second against in use, by type: an allocation capture beside a heap snapshot of the same service. A snapshot alone does
/// not tell a cache from traffic, and a rate alone not what stays.
/// </summary>
public sealed record DualView
{
    /// <summary>A type is much when it has this share of its side.</summary>
    public const double MuchShare = 0.05;

    /// <summary>Replaced more often than this in a minute, a type is churn beyond doubt.</summary>
    public const double ChurnPerMinute = 100;

    /// <summary>Replaced less often than once in an hour, it stays beyond doubt.</summary>
    public const double StaysPerMinute = 1.0 / 60;

    /// <summary>Samples: where none was seen, no more than this many were to be expected, with 95 % certainty.</summary>
    private const int MostOfNone = 3;

    public required double AllocatedBytesPerSecond { get; init; }

    public required long HeapBytes { get; init; }

    /// <summary>Those that are much on either side first, by their larger share.</summary>
    public required IReadOnlyList<DualRow> Rows { get; init; }

    /// <param name="allocated">Types of an allocation capture.</param>
    /// <param name="recorded">How long it was; above zero.</param>
    /// <param name="inUse">Types of a heap snapshot.</param>
    public static DualView Of(IReadOnlyList<AllocationTypeRow> allocated, TimeSpan recorded, IReadOnlyList<HeapTypeRow> inUse) => Of(allocated, recorded, inUse, TypeShape.Display);

    /// <summary>
    /// The same by function, of a Go program: what a function allocated is its own in both profiles. No turnover is clear: Go tells of
    /// allocations by whole intervals between collections, and how far those are from the time recorded is in no sample.
    /// </summary>
    /// <param name="allocated">Functions of an allocation profile.</param>
    /// <param name="recorded">How long it was; above zero.</param>
    /// <param name="inUse">Functions of a heap profile.</param>
    public static DualView OfFunctions(IReadOnlyList<AllocationTypeRow> allocated, TimeSpan recorded, IReadOnlyList<AllocationTypeRow> inUse)
    {
        var view = Of(allocated, recorded, [.. inUse.Select(row => new HeapTypeRow(row.Type, "", (long)(row.Objects ?? 0), (long)row.Bytes))], name => name);
        return view with { Rows = [.. view.Rows.Select(row => row with { IsClear = false })] };
    }

    private static DualView Of(IReadOnlyList<AllocationTypeRow> allocated, TimeSpan recorded, IReadOnlyList<HeapTypeRow> inUse, Func<string, string> display)
    {
        var (allBytes, heapBytes) = (allocated.Sum(row => row.Bytes), inUse.Sum(row => row.ShallowBytes));

        // What a sample stands for; without any there is nothing to go by.
        var sampleBytes = allocated.Sum(row => (double)row.Samples) is > 0 and var samples ? allBytes / samples : double.PositiveInfinity;
        var rows = new Dictionary<string, DualRow>();
        foreach (var row in allocated)
        {
            var name = display(row.Type);
            var known = rows.GetValueOrDefault(name, new DualRow { Type = name });
            rows[name] = known with
            {
                AllocatedBytesPerSecond = known.AllocatedBytesPerSecond + (row.Bytes / recorded.TotalSeconds),
                Samples = known.Samples + row.Samples,
                RelativeError = known.Samples == 0 ? row.RelativeError : null,
            };
        }

        foreach (var row in inUse)
        {
            var name = display(row.Type);
            var known = rows.GetValueOrDefault(name, new DualRow { Type = name });
            rows[name] = known with
            {
                InUseBytes = known.InUseBytes + row.ShallowBytes,
                InUseObjects = known.InUseObjects + row.Count,
                RetainedBytes = row.RetainedBytes is { } retained ? (known.RetainedBytes ?? 0) + retained : known.RetainedBytes,
            };
        }

        return new DualView
        {
            AllocatedBytesPerSecond = allBytes / recorded.TotalSeconds,
            HeapBytes = heapBytes,
            Rows =
            [
                .. rows.Values.Select(row => Judged(row, allBytes / recorded.TotalSeconds, heapBytes, sampleBytes / recorded.TotalSeconds))
                    .OrderByDescending(row => Math.Max(row.AllocatedShare, row.InUseShare)).ThenBy(row => row.Type, StringComparer.Ordinal),
            ],
        };
    }

    private static DualRow Judged(DualRow row, double allBytesPerSecond, long heapBytes, double sampleBytesPerSecond)
    {
        var allocatedShare = allBytesPerSecond > 0 ? row.AllocatedBytesPerSecond / allBytesPerSecond : 0;
        var inUseShare = heapBytes > 0 ? row.InUseBytes / (double)heapBytes : 0;
        var quadrant = (allocatedShare >= MuchShare, inUseShare >= MuchShare) switch
        {
            (true, false) => DualQuadrant.Churn,
            (false, true) => DualQuadrant.CacheOrLeak,
            (true, true) => DualQuadrant.Backlog,
            _ => DualQuadrant.Quiet,
        };
        var judged = row with { AllocatedShare = allocatedShare, InUseShare = inUseShare, Quadrant = quadrant };
        return judged with
        {
            IsClear = quadrant switch
            {
                DualQuadrant.Churn => judged.Samples >= SampleConfidence.ConfidentSamples && LeastRate(judged) * 60 > ChurnPerMinute * judged.InUseBytes,
                DualQuadrant.CacheOrLeak => LargestRate(judged, sampleBytesPerSecond) * 60 < StaysPerMinute * judged.InUseBytes,
                _ => false,
            },
        };
    }

    /// <summary>Lower end of the rate's 95 % interval, bytes per second.</summary>
    private static double LeastRate(DualRow row) => row.AllocatedBytesPerSecond * (1 - SampleConfidence.RelativeError(row.Samples));

    /// <summary>Its upper end. A type that is not in the samples may have been allocated all the same.</summary>
    private static double LargestRate(DualRow row, double sampleBytesPerSecond) => row.Samples > 0
        ? row.AllocatedBytesPerSecond * (1 + SampleConfidence.RelativeError(row.Samples) + ((double)MostOfNone / row.Samples))
        : MostOfNone * sampleBytesPerSecond;
}

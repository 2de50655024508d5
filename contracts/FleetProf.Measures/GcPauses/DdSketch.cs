namespace FleetProf.Measures.GcPauses;

/// <summary>
/// A quantile sketch of non-negative numbers with 1 % relative error, after Masson, Rim, Lee: "DDSketch" (VLDB 2019).
/// Buckets grow geometrically, so merging is the addition of counts: exact, and the same in any order.
/// Values below <see cref="SmallestValue"/> count as zero. Not thread-safe.
/// </summary>
public sealed class DdSketch
{
    public const double RelativeError = 0.01;
    public const double SmallestValue = 1e-6;
    public const double LargestValue = 1e9;

    private const double Gamma = (1 + RelativeError) / (1 - RelativeError);
    private static readonly double LogGamma = Math.Log(Gamma);

    internal static readonly int LowestIndex = IndexOf(SmallestValue);
    internal static readonly int HighestIndex = IndexOf(LargestValue);

    private long[] counts = [];
    private int offset;

    public long Count { get; private set; }

    internal long ZeroCount { get; private set; }

    /// <summary>The exact smallest value; NaN when empty.</summary>
    public double Min { get; private set; } = double.NaN;

    /// <summary>The exact largest value; NaN when empty.</summary>
    public double Max { get; private set; } = double.NaN;

    public bool IsEmpty => Count == 0;

    /// <summary>Counts a value <paramref name="times"/> times. Throws <see cref="ArgumentOutOfRangeException"/> outside 0 to <see cref="LargestValue"/> and on NaN.</summary>
    public void Add(double value, long times = 1)
    {
        if (!(value >= 0 && value <= LargestValue)) throw new ArgumentOutOfRangeException(nameof(value), value, $"A sketch takes values from 0 to {LargestValue:0}.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(times);
        if (value < SmallestValue) ZeroCount = checked(ZeroCount + times);
        else AddToBucket(IndexOf(value), times);
        Count = checked(Count + times);
        Widen(value, value);
    }

    /// <summary>Adds everything the other sketch has counted; the other one stays as it is.</summary>
    public void Merge(DdSketch other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.IsEmpty) return;
        Count = checked(Count + other.Count);
        ZeroCount += other.ZeroCount;
        Widen(other.Min, other.Max);
        if (other.counts.Length == 0) return;
        Cover(other.offset, other.offset + other.counts.Length - 1);
        for (var i = 0; i < other.counts.Length; i++) counts[other.offset - offset + i] += other.counts[i];
    }

    /// <summary>
    /// Merges a sketch in its byte form without building it. Throws <see cref="FormatException"/>, and stays as it is, where
    /// <see cref="FromBytes"/> would.
    /// </summary>
    public void MergeBytes(ReadOnlySpan<byte> bytes) => SketchBytes.Merge(bytes, this);

    /// <summary>
    /// The value at rank floor(<paramref name="quantile"/> * (Count - 1)) of the sorted values, within 1 % of it; NaN when empty.
    /// Throws <see cref="ArgumentOutOfRangeException"/> outside 0 to 1.
    /// </summary>
    public double Quantile(double quantile)
    {
        if (!(quantile >= 0 && quantile <= 1)) throw new ArgumentOutOfRangeException(nameof(quantile), quantile, "A quantile lies between 0 and 1.");
        if (IsEmpty) return double.NaN;
        var rank = (long)Math.Floor(quantile * (Count - 1));
        var seen = ZeroCount;
        if (rank < seen) return 0;
        for (var i = 0; i < counts.Length; i++)
        {
            seen += counts[i];
            if (rank < seen) return Math.Clamp(ValueOf(offset + i), Min, Max);
        }
        return Max;
    }

    /// <summary>The filled buckets in ascending order; the first one is (0, <see cref="SmallestValue"/>) where zeros were counted.</summary>
    public IEnumerable<SketchBucket> Buckets()
    {
        if (ZeroCount > 0) yield return new SketchBucket(0, SmallestValue, 0, ZeroCount);
        for (var i = 0; i < counts.Length; i++)
            if (counts[i] > 0)
                yield return new SketchBucket(UpperOf(offset + i - 1), UpperOf(offset + i), Math.Clamp(ValueOf(offset + i), Min, Max), counts[i]);
    }

    /// <summary>Forgets everything and keeps the memory.</summary>
    public void Clear()
    {
        Array.Clear(counts);
        (Count, ZeroCount, Min, Max) = (0, 0, double.NaN, double.NaN);
    }

    /// <summary>The stable byte form, equal for equal contents whatever the order of adding and merging was.</summary>
    public byte[] ToBytes() => SketchBytes.Write(this);

    /// <summary>Reads <see cref="ToBytes"/>. Throws <see cref="FormatException"/>, saying what is wrong, on anything else.</summary>
    public static DdSketch FromBytes(ReadOnlySpan<byte> bytes)
    {
        var sketch = new DdSketch();
        SketchBytes.Merge(bytes, sketch);
        return sketch;
    }

    /// <summary>How many values the byte form holds, without building the sketch. Throws <see cref="FormatException"/> where <see cref="FromBytes"/> would.</summary>
    public static long CountIn(ReadOnlySpan<byte> bytes) => SketchBytes.Merge(bytes, null);

    internal static int IndexOf(double value) => (int)Math.Ceiling(Math.Log(value) / LogGamma);

    internal ReadOnlySpan<long> Counts => counts;

    internal int Offset => offset;

    /// <summary>Adds counts that are known to fit together: buckets ascending, and no sum of them beyond the end of the numbers.</summary>
    internal void AddBuckets(long zeroCount, double min, double max, ReadOnlySpan<(int Index, long Count)> buckets)
    {
        var added = zeroCount;
        foreach (var (_, count) in buckets) added += count;
        Count = checked(Count + added);
        ZeroCount += zeroCount;
        Widen(min, max);
        if (buckets.IsEmpty) return;
        Cover(buckets[0].Index, buckets[^1].Index);
        foreach (var (index, count) in buckets) counts[index - offset] += count;
    }

    private static double UpperOf(int index) => Math.Exp(index * LogGamma);

    // The point of a bucket that is equally far, relatively, from both its ends.
    private static double ValueOf(int index) => UpperOf(index) * 2 / (Gamma + 1);

    private void AddToBucket(int index, long times)
    {
        Cover(index, index);
        counts[index - offset] = checked(counts[index - offset] + times);
    }

    private void Widen(double low, double high)
    {
        Min = double.IsNaN(Min) ? low : Math.Min(Min, low);
        Max = double.IsNaN(Max) ? high : Math.Max(Max, high);
    }

    // Grows in steps so that a stream of similar values settles after a few allocations.
    private void Cover(int low, int high)
    {
        const int Step = 32;
        if (counts.Length > 0 && low >= offset && high < offset + counts.Length) return;
        var from = counts.Length == 0 ? low : Math.Min(low, offset);
        var to = counts.Length == 0 ? high : Math.Max(high, offset + counts.Length - 1);
        from = Math.Max(LowestIndex, from - Step / 2);
        to = Math.Min(HighestIndex, to + Step / 2);
        var grown = new long[to - from + 1];
        counts.CopyTo(grown.AsSpan(counts.Length == 0 ? 0 : offset - from));
        (counts, offset) = (grown, from);
    }
}

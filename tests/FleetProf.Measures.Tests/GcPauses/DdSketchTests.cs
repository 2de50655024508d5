using CsCheck;
using FleetProf.Measures.GcPauses;

namespace FleetProf.Measures.Tests.GcPauses;

public class DdSketchTests
{
    // Pauses span from microseconds to minutes: uniform in the exponent, with zeros mixed in.
    private static readonly Gen<double> Pause = Gen.Frequency((1, Gen.Const(0.0)), (20, Gen.Double[-5.9, 8.9].Select(power => Math.Pow(10, power))));
    private static readonly Gen<double[]> Pauses = Pause.Array[1, 300];

    [Fact]
    public void Quantile_AnyValues_IsWithinOnePercentOfTheSortedValue() =>
        Gen.Select(Pauses, Gen.Double[0, 1]).Sample((values, quantile) =>
        {
            var sketch = Of(values);
            AssertWithinOnePercent(Exact(values, quantile), sketch.Quantile(quantile));
        });

    [Fact]
    public void Merge_AnySplitInAnyOrder_EqualsOneSketchByteForByte() =>
        Gen.Select(Pauses, Gen.Int[1, 8], Gen.Int[0, int.MaxValue]).Sample((values, parts, seed) =>
        {
            var random = new Random(seed);
            var sketches = Enumerable.Range(0, parts).Select(_ => new DdSketch()).ToArray();
            foreach (var value in values) sketches[random.Next(parts)].Add(value);
            random.Shuffle(sketches);
            var merged = new DdSketch();
            foreach (var sketch in sketches) merged.Merge(DdSketch.FromBytes(sketch.ToBytes()));
            Assert.Equal(Of(values).ToBytes(), merged.ToBytes());
            AssertWithinOnePercent(Exact(values, 0.99), merged.Quantile(0.99));
        });

    [Fact]
    public void FromBytes_OwnBytes_RestoresEverything() =>
        Pauses.Sample(values =>
        {
            var sketch = Of(values);
            var restored = DdSketch.FromBytes(sketch.ToBytes());
            Assert.Equal((sketch.Count, sketch.Min, sketch.Max), (restored.Count, restored.Min, restored.Max));
            Assert.Equal(sketch.Buckets(), restored.Buckets());
        });

    [Fact]
    public void CountIn_OfAnything_IsTheCountOfTheSketchOrFailsAsReadingDoes() =>
        Gen.Select(Pauses, Gen.Int[0, 10_000], Gen.Byte, Gen.Bool).Sample((values, position, value, isDamaged) =>
        {
            var bytes = Of(values).ToBytes();
            if (isDamaged) bytes[position % bytes.Length] = value;
            long? read = null;
            try
            {
                read = DdSketch.FromBytes(bytes).Count;
            }
            catch (FormatException)
            {
                Assert.Throws<FormatException>(() => DdSketch.CountIn(bytes));
            }

            if (read is { } count) Assert.Equal(count, DdSketch.CountIn(bytes));
        });

    [Fact]
    public void MergeBytes_OfAnything_IsTheMergeOfTheSketchOrLeavesAllAsItWas() =>
        Gen.Select(Pauses, Pauses, Gen.Int[0, 10_000], Gen.Byte, Gen.Bool).Sample((values, more, position, value, isDamaged) =>
        {
            var (bytes, other) = (Of(more).ToBytes(), new DdSketch());
            if (isDamaged) bytes[position % bytes.Length] = value;
            var (expected, merged) = (Of(values), Of(values));
            try
            {
                other = DdSketch.FromBytes(bytes);
            }
            catch (FormatException)
            {
                Assert.Throws<FormatException>(() => merged.MergeBytes(bytes));
                bytes = other.ToBytes();
            }

            // A damaged one may count to the end of the numbers.
            if (other.Count > int.MaxValue) return;
            merged.MergeBytes(bytes);
            expected.Merge(other);
            Assert.Equal(expected.ToBytes(), merged.ToBytes());
            Assert.Equal(expected.Quantile(0.99), merged.Quantile(0.99));
        });

    [Fact]
    public void FromBytes_RandomBytes_ThrowFormatExceptionOrGiveAConsistentSketch() =>
        Gen.Byte.Array[0, 60].Select(bytes => bytes.Length > 0 && bytes[0] % 2 == 0 ? [1, .. bytes[1..]] : bytes).Sample(AssertRefusedOrConsistent, iter: 20_000);

    [Fact]
    public void FromBytes_MutatedBytes_ThrowFormatExceptionOrGiveAConsistentSketch() =>
        Gen.Select(Pauses, Gen.Int[0, 10_000], Gen.Byte, Gen.Bool).Sample((values, position, value, isCut) =>
        {
            var bytes = Of(values).ToBytes();
            position %= bytes.Length;
            bytes[position] = value;
            AssertRefusedOrConsistent(isCut ? bytes[..position] : bytes);
        });

    [Theory]
    [InlineData(new byte[0], "empty")]
    [InlineData(new byte[] { 2, 0, 0 }, "version 2")]
    [InlineData(new byte[] { 1, 0, 0, 7 }, "1 bytes that do not belong")]
    [InlineData(new byte[] { 1, 0, 0xFF, 0xFF, 0xFF, 0x7F }, "buckets")]
    [InlineData(new byte[] { 1, 0xFF }, "ends inside a number")]
    [InlineData(new byte[] { 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F }, "64 bits")]
    public void FromBytes_Hostile_SaysWhatIsWrong(byte[] bytes, string part) =>
        Assert.Contains(part, Assert.Throws<FormatException>(() => DdSketch.FromBytes(bytes)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-1.0)]
    [InlineData(2e9)]
    [InlineData(double.PositiveInfinity)]
    public void Add_ValueOutOfRange_Throws(double value) => Assert.Throws<ArgumentOutOfRangeException>(() => new DdSketch().Add(value));

    [Fact]
    public void Quantile_Empty_IsNaN()
    {
        Assert.True(double.IsNaN(new DdSketch().Quantile(0.5)));
        Assert.True(DdSketch.FromBytes(new DdSketch().ToBytes()).IsEmpty);
    }

    [Fact]
    public void Clear_AfterValues_EqualsAFreshSketch()
    {
        var sketch = Of([1, 2, 3, 0]);
        sketch.Clear();
        Assert.Equal(new DdSketch().ToBytes(), sketch.ToBytes());
        sketch.Add(5);
        Assert.Equal(Of([5]).ToBytes(), sketch.ToBytes());
    }

    [Fact]
    public void Add_SteadyStream_AllocatesNothing()
    {
        var sketch = Of([1, 1000]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1; i <= 1000; i++) sketch.Add(i);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void ToBytes_TypicalWindow_StaysSmall() =>
        Assert.InRange(Of(Enumerable.Range(1, 200).Select(i => 0.1 + i * 0.02)).ToBytes().Length, 20, 400);

    private static DdSketch Of(IEnumerable<double> values)
    {
        var sketch = new DdSketch();
        foreach (var value in values) sketch.Add(value);
        return sketch;
    }

    private static double Exact(double[] values, double quantile) => values.Order().ElementAt((int)Math.Floor(quantile * (values.Length - 1)));

    private static void AssertWithinOnePercent(double exact, double actual) =>
        Assert.InRange(actual, exact * 0.99 - 1e-6 - exact * 1e-12, exact * 1.01 + 1e-6 + exact * 1e-12);

    private static void AssertRefusedOrConsistent(byte[] bytes)
    {
        DdSketch sketch;
        try
        {
            sketch = DdSketch.FromBytes(bytes);
        }
        catch (FormatException)
        {
            return;
        }
        Assert.Equal(sketch.Count, sketch.Buckets().Sum(bucket => bucket.Count));
        if (!sketch.IsEmpty) Assert.InRange(sketch.Quantile(0.5), sketch.Min < DdSketch.SmallestValue ? 0 : sketch.Min, sketch.Max);
    }
}

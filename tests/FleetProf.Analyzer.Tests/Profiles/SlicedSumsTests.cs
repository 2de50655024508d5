using FleetProf.Analyzer.Profiles;

namespace FleetProf.Analyzer.Tests.Profiles;

public sealed class SlicedSumsTests
{
    [Fact]
    public void Sums_OfRandomTimes_AreThoseOfTheSlicesAtTheEnd()
    {
        var random = new Random(17);
        for (var round = 0; round < 300; round++)
        {
            // From some milliseconds to some hours, the samples in no order.
            var longest = Math.Pow(10, 1 + (6 * random.NextDouble()));
            var added = Enumerable.Range(0, 1 + random.Next(80)).Select(_ => (Key: random.Next(4), AtMs: longest * random.NextDouble(), Value: (double)random.Next(1, 9))).ToList();
            var duration = TimeSpan.FromMilliseconds(longest * random.NextDouble());
            var sums = new SlicedSums<int>();
            added.ForEach(sample => sums.Add(sample.Key, sample.AtMs, sample.Value));

            var lengths = sums.End(duration);

            var whole = Math.Max(duration.TotalMilliseconds, added.Max(sample => sample.AtMs));
            var slice = lengths.Count == 1 ? SlicedSums<int>.ShortestMs : lengths[0];
            Assert.InRange(lengths.Count, whole > SlicedSums<int>.MostSlices * SlicedSums<int>.ShortestMs ? (SlicedSums<int>.MostSlices / 2) + 1 : 1, SlicedSums<int>.MostSlices);
            Assert.All(lengths.SkipLast(1), length => Assert.Equal(slice, length));
            Assert.Equal(whole, lengths.Sum(), 0.001);
            Assert.Equal(
                added.GroupBy(sample => (sample.Key, Slice: (int)(sample.AtMs / slice))).OrderBy(group => group.Key).Select(group => (group.Key, group.Sum(sample => sample.Value))),
                sums.Sums.OrderBy(sum => sum.Key).Select(sum => (sum.Key, sum.Value)));
        }
    }

    /// <summary>Times come from untrusted files.</summary>
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(-7.0)]
    [InlineData(1e300)]
    public void Add_OfATimeThatCannotBe_LosesNothing(double atMs)
    {
        var sums = new SlicedSums<int>();
        sums.Add(1, 40, 2);
        sums.Add(1, atMs, 3);

        Assert.InRange(sums.End(TimeSpan.FromSeconds(1)).Count, 17, SlicedSums<int>.MostSlices);
        Assert.Equal(5.0, sums.Sums.Sum(sum => sum.Value));
        Assert.All(sums.Sums.Keys, key => Assert.InRange(key.Slice, 0, SlicedSums<int>.MostSlices - 1));
    }
}

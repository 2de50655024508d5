using FleetProf.Measures.Allocations;

namespace FleetProf.Measures.Tests.Allocations;

public class AllocationUnbiasingTests
{
    [Theory]
    [InlineData(24)]
    [InlineData(1_000)]
    [InlineData(102_400)]
    [InlineData(1_000_000)]
    public void EstimatedBytes_SimulatedByteSampling_AddUpToTheTruth(int objectBytes)
    {
        // The runtime draws the distance to the next sampled byte from an exponential distribution, whatever the objects are.
        var random = new Random(objectBytes);
        const double Total = 4e9;
        double estimate = 0, samples = 0;
        for (var position = Next(random); position < Total; samples++)
        {
            estimate += AllocationUnbiasing.EstimatedBytes(objectBytes);
            var objectEnd = (Math.Floor(position / objectBytes) + 1) * objectBytes;
            position = objectEnd + Next(random);
        }
        var fourSigma = 4 / Math.Sqrt(samples);
        Assert.InRange(estimate / Total, 1 - fourSigma, 1 + fourSigma);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(24)]
    [InlineData(12)]
    [InlineData(50_000)]
    [InlineData(int.MaxValue)]
    public void SampleProbability_AnySize_MatchesExtendedPrecision(long objectBytes)
    {
        // 1 - q^s by exact rational steps: products of decimals keep 28 digits.
        decimal miss = 1, factor = 1 - 1m / 102_400m;
        for (var power = objectBytes; power > 0; power >>= 1, factor *= factor)
            if ((power & 1) == 1) miss *= factor;
        Assert.Equal((double)(1 - miss), AllocationUnbiasing.SampleProbability(objectBytes), (double)(1 - miss) * 1e-9);
    }

    [Fact]
    public void EstimatedCount_TimesSize_IsEstimatedBytes() =>
        Assert.Equal(AllocationUnbiasing.EstimatedBytes(4096), AllocationUnbiasing.EstimatedCount(4096) * 4096, 1e-6);

    [Fact]
    public void SampleProbability_NoBytes_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => AllocationUnbiasing.SampleProbability(0));

    private static double Next(Random random) => -Math.Log(1 - random.NextDouble()) * AllocationUnbiasing.MeanBytesBetweenSamples;
}

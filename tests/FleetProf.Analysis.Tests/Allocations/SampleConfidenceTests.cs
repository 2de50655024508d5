using FleetProf.Analysis.Allocations;
using FleetProf.Measures.Allocations;

namespace FleetProf.Analysis.Tests.Allocations;

public sealed class SampleConfidenceTests
{
    /// <summary>Simulated: every allocated byte is sampled with the runtime's probability, about 1,000 samples per trial.</summary>
    [Theory]
    [InlineData(24)]
    [InlineData(824)]
    [InlineData(8_024)]
    [InlineData(80_024)]
    [InlineData(200_024)]
    public void Interval_OfAThousandSamples_HoldsTheTruthAsOftenAsItSays(long objectBytes)
    {
        const int Trials = 3_000;
        var random = new Random(11);
        var chance = AllocationUnbiasing.SampleProbability(objectBytes);
        var objects = (long)Math.Ceiling(1_050 / chance);
        var held = 0;
        for (var trial = 0; trial < Trials; trial++)
        {
            var samples = SampledObjects(objects, chance, random);
            var estimate = samples * AllocationUnbiasing.EstimatedBytes(objectBytes);
            held += Math.Abs(estimate - (objects * objectBytes)) <= estimate * SampleConfidence.RelativeError(samples) ? 1 : 0;
        }

        // Large objects are nearly all sampled, which makes the interval wider than it need be, never narrower.
        Assert.InRange((double)held / Trials, 0.935, 1);
    }

    // The gaps between sampled objects are geometric: one draw a sample instead of one an object.
    private static long SampledObjects(long objects, double chance, Random random)
    {
        var samples = 0L;
        for (long at = 0; ; samples++)
        {
            at += 1 + (long)(Math.Log(1 - random.NextDouble()) / double.LogP1(-chance));
            if (at > objects)
            {
                return samples;
            }
        }
    }
}

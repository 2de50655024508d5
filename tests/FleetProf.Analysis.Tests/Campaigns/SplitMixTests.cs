using FleetProf.Analysis.Campaigns;

namespace FleetProf.Analysis.Tests.Campaigns;

public sealed class SplitMixTests
{
    /// <summary>The first numbers of the reference implementation for this seed.</summary>
    [Fact]
    public void Next_OfSeed1234567_AgreesWithTheReference()
    {
        var random = new SplitMix(1_234_567);

        Assert.Equal([6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL], Enumerable.Range(0, 3).Select(_ => random.Next()));
    }

    [Fact]
    public void Below_IsUniform()
    {
        var random = new SplitMix(7);
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++)
        {
            counts[random.Below(counts.Length)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
    }
}

using FleetProf.Analysis.Campaigns;

namespace FleetProf.Analysis.Tests.Campaigns;

public sealed class CampaignEstimateTests
{
    private static readonly TimeSpan?[] Trace = [TimeSpan.FromSeconds(10)];

    [Fact]
    public void Estimate_GrowsWithRoundsNotWithInstances()
    {
        var one = CampaignEstimate.Of([["h1"]], Trace, 1);

        Assert.Equal(TimeSpan.Zero, CampaignEstimate.Of([], Trace, 1));
        Assert.Equal(one, CampaignEstimate.Of([["h1", "h2", "h3"]], Trace, 3));
        Assert.Equal(one, CampaignEstimate.Of([["h1"], ["h2"]], Trace, 1));
        Assert.True(CampaignEstimate.Of([["h1", "h2", "h3"]], Trace, 1) > CampaignEstimate.Of([["h1", "h2", "h3"]], Trace, 2));
    }

    [Fact]
    public void Estimate_OfOneHost_IsOneAfterTheOther()
    {
        var apart = CampaignEstimate.Of([["h1", "h2"], ["h3"]], Trace, 2);
        var together = CampaignEstimate.Of([["h1", "h1"], ["h1"]], Trace, 2);

        Assert.Equal(TimeSpan.FromSeconds(32), together - apart);
    }
}

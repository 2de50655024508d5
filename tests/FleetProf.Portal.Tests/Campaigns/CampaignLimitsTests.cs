using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Campaigns;

namespace FleetProf.Portal.Tests.Campaigns;

public sealed class CampaignLimitsTests
{
    [Fact]
    public void Kinds_AllThatThereAre_AreAllowed() => Assert.Empty(CampaignLimits.Problems(Spec(Enum.GetValues<CaptureKind>())));

    [Fact]
    public void Kinds_NoneOrOneTwice_AreRefusedWithTheNamesOfAll() =>
        Assert.All([Spec(), Spec(CaptureKind.Gc, CaptureKind.Gc)], spec =>
        {
            var problem = Assert.Single(CampaignLimits.Problems(spec));

            Assert.Equal(("kinds", "Choose at least one of trace, alloc, gcdump, gc, goroutines, each once."), (problem.Field, problem.Message));
        });

    private static CampaignSpec Spec(params CaptureKind[] kinds) => new() { Selector = new CampaignSelector { Services = ["checkout"] }, Kinds = kinds };
}

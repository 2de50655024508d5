using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Campaigns;

namespace FleetProf.Silo.Tests.Campaigns;

public sealed class CampaignCandidatesTests
{
    [Theory]
    [InlineData("go1.22.1", "it runs go1.22.1; only .NET processes are captured.")]
    [InlineData(".NET 10.0.12", null)]
    [InlineData("", null)]
    public void Obstacle_ByRuntime_NamesWhatCannotBeCaptured(string runtime, string? obstacle)
    {
        var instance = new Instance { InstanceId = "i", Service = "orders", AgentId = "a", Runtime = runtime };

        Assert.Equal(obstacle, CampaignCandidates.ToFleetInstance(instance).Obstacle);
    }
}

using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Campaigns;

namespace FleetProf.Silo.Tests.Campaigns;

public sealed class CampaignCandidatesTests
{
    [Theory]
    [InlineData("go1.22.1", "it runs go1.22.1, and the policy of its host names no pprofPort for it.")]
    [InlineData(".NET 10.0.12", null)]
    [InlineData("", null)]
    public void Obstacle_ByRuntime_NamesWhatCannotBeCaptured(string runtime, string? obstacle)
    {
        var instance = new Instance { InstanceId = "i", Service = "orders", AgentId = "a", Runtime = runtime };

        Assert.Equal(obstacle, CampaignCandidates.ToFleetInstance(instance).Obstacle);
    }

    [Fact]
    public void Kinds_OfAGoProgramWithPprof_AreThoseThatItsAgentNames()
    {
        var instance = new Instance
        {
            InstanceId = "i", Service = "orders", AgentId = "a", Runtime = "go1.22.1", Labels = new Dictionary<string, string> { ["fleetprof.captures"] = "trace alloc" },
        };

        var candidate = CampaignCandidates.ToFleetInstance(instance);

        Assert.Null(candidate.Obstacle);
        Assert.Equal(["trace", "alloc"], candidate.Kinds);
        Assert.False(candidate.CanWaitForPause);
    }

    [Theory]
    [InlineData("10.0.12")]
    [InlineData("")]
    public void Kinds_OfADotNetProcess_AreItsOwn(string runtime)
    {
        var instance = new Instance { InstanceId = "i", Service = "orders", AgentId = "a", Runtime = runtime, Labels = new Dictionary<string, string> { ["fleetprof.captures"] = "goroutines" } };

        Assert.Equal(["trace", "alloc", "gcdump", "gc"], CampaignCandidates.ToFleetInstance(instance).Kinds);
    }
}

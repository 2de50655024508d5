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

    /// <summary>What was lost is the log of its collections; what a capture asks is its port.</summary>
    [Fact]
    public void Obstacle_OfAGoProgramWithPprofWhoseVitalsAreLost_IsNone()
    {
        var lost = new Instance
        {
            InstanceId = "i", Service = "orders", AgentId = "a", Runtime = "go1.22.1", Labels = new Dictionary<string, string> { ["fleetprof.captures"] = "trace alloc" },
            Problem = InstanceProblem.SessionLost, ProblemDetail = "No collection came.",
        };

        Assert.Null(CampaignCandidates.ToFleetInstance(lost).Obstacle);
        Assert.Equal("DeniedByPolicy. No collection came.", CampaignCandidates.ToFleetInstance(lost with { Problem = InstanceProblem.DeniedByPolicy }).Obstacle);
        Assert.Equal("SessionLost. No collection came.", CampaignCandidates.ToFleetInstance(lost with { Labels = new Dictionary<string, string>() }).Obstacle);
        Assert.Equal("SessionLost. No collection came.", CampaignCandidates.ToFleetInstance(lost with { Runtime = "10.0.12" }).Obstacle);
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

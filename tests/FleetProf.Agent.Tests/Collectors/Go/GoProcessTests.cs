using FleetProf.Agent.Collectors.Go;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Tests.Collectors.Go;

public sealed class GoProcessTests
{
    [Theory]
    [InlineData("gctrace=1", true)]
    [InlineData("madvdontneed=1,gctrace=1", true)]
    [InlineData("gctrace=0,gctrace=1", true)]
    [InlineData("gctrace=1,gctrace=0", false)]
    [InlineData("xgctrace=1", false)]
    [InlineData("", false)]
    public void IsTracing_OfASetting_IsWhatTheRuntimeMakesOfIt(string setting, bool isTracing) =>
        Assert.Equal(isTracing, GoProcess.IsTracing(new Instance { GcSettings = { ["GODEBUG"] = setting } }));

    [Fact]
    public void IsTracing_WithoutTheSetting_IsFalse() => Assert.False(GoProcess.IsTracing(new Instance()));
}

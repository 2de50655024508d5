using FleetProf.Agent.Discovery.Procfs;
using FleetProf.Agent.Hosting;

namespace FleetProf.Agent.Tests.Hosting;

public sealed class StartupProblemsTests
{
    /// <summary>A kernel before 5.6 or a filter of systemd's, an old engine's filter, none of them, and an error that says something else.</summary>
    [Theory]
    [InlineData(LinuxFile.NotImplemented, false, true)]
    [InlineData(LinuxFile.NotPermitted, false, true)]
    [InlineData(LinuxFile.NotImplemented, true, false)]
    [InlineData(0, false, false)]
    [InlineData(LinuxFile.AccessRefused, false, false)]
    public void OfSystem_WithoutOpenAt2_IsAProblemUnlessProcessesShareTheTree(int error, bool isTreeShared, bool isProblem)
    {
        var problems = StartupProblems.OfSystem(error, () => isTreeShared);

        Assert.Equal(isProblem ? 1 : 0, problems.Count);
        Assert.All(problems, problem => Assert.Contains("Linux 5.6", problem, StringComparison.Ordinal));
    }
}

using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Discovery.Identity;

namespace FleetProf.Agent.Tests.Collectors.DotNet;

public class CpuThrottlingTests
{
    [Fact]
    public void Groups_Version2_AreItsOwnAndThoseAround()
    {
        var files = new Dictionary<string, string> { ["/a/b/cpu.stat"] = "usage_usec 9\nnr_throttled 2\nthrottled_usec 1500\n", ["/a/cpu.stat"] = "throttled_usec 500\n", ["/cpu.stat"] = "usage_usec 7\n" };
        Assert.Equal([1.5, 0.5], CpuThrottling.Groups("0::/a/b\n", Seen(files)));
    }

    [Fact]
    public void Groups_Version1_ReadsNanosecondsOfTheProcessorHierarchyOnly()
    {
        var files = new Dictionary<string, string> { ["/cpu/x/cpu.stat"] = "nr_periods 1\nthrottled_time 3000000\n", ["/x/cpu.stat"] = "throttled_usec 999\n" };
        Assert.Equal([3.0], CpuThrottling.Groups("4:memory:/x\n2:cpu,cpuacct:/x\n0::/\n", Seen(files)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0::/a")]
    [InlineData("rubbish")]
    public void Groups_NothingTells_AreNone(string membership) => Assert.Empty(CpuThrottling.Groups(membership, Seen([])));

    [Fact]
    public void Read_OwnProcess_NeverThrows() => Assert.All(CpuThrottling.ReadMs(Environment.ProcessId), milliseconds => Assert.True(milliseconds >= 0));

    [Theory]
    [InlineData("0::/../other\n", "")]
    [InlineData("2:cpu,cpuacct:/containers/other\n", "/cpu")]
    public void Groups_GroupThatTheAgentInAContainerCannotSee_IsTheProcessesOwnViewAndNotTheAgents(string membership, string hierarchy)
    {
        var files = new GroupFiles(
            folder => folder == $"{GroupFiles.Mount}{hierarchy}",
            path => path == $"{GroupFiles.Mount}{hierarchy}/cpu.stat" ? "throttled_usec 999000\n" : null,
            path => path == $"{GroupFiles.Mount}{hierarchy}/cpu.stat" ? "throttled_usec 4000\n" : null);
        Assert.Equal([4.0], CpuThrottling.Groups(membership, files));
    }

    private static GroupFiles Seen(Dictionary<string, string> files) => new(_ => true, path => files.GetValueOrDefault(path[GroupFiles.Mount.Length..]), _ => null);
}

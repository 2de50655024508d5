using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Discovery.Identity;

namespace FleetProf.Agent.Tests.Collectors.DotNet;

public class CpuThrottlingTests
{
    [Fact]
    public void Sum_Version2_AddsTheGroupsAround()
    {
        var files = new Dictionary<string, string> { ["/a/b/cpu.stat"] = "usage_usec 9\nnr_throttled 2\nthrottled_usec 1500\n", ["/a/cpu.stat"] = "throttled_usec 500\n", ["/cpu.stat"] = "usage_usec 7\n" };
        Assert.Equal(2.0, CpuThrottling.Sum("0::/a/b\n", Seen(files)));
    }

    [Fact]
    public void Sum_Version1_ReadsNanosecondsOfTheProcessorHierarchyOnly()
    {
        var files = new Dictionary<string, string> { ["/cpu/x/cpu.stat"] = "nr_periods 1\nthrottled_time 3000000\n", ["/x/cpu.stat"] = "throttled_usec 999\n" };
        Assert.Equal(3.0, CpuThrottling.Sum("4:memory:/x\n2:cpu,cpuacct:/x\n0::/\n", Seen(files)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0::/a")]
    [InlineData("rubbish")]
    public void Sum_NothingTells_IsUnknown(string membership) => Assert.Null(CpuThrottling.Sum(membership, Seen([])));

    [Fact]
    public void Read_OwnProcess_NeverThrows() => Assert.True(CpuThrottling.ReadMs(Environment.ProcessId) is null or >= 0);

    [Theory]
    [InlineData("0::/../other\n", "")]
    [InlineData("2:cpu,cpuacct:/containers/other\n", "/cpu")]
    public void Sum_GroupThatTheAgentInAContainerCannotSee_IsTheProcessesOwnViewAndNotTheAgents(string membership, string hierarchy)
    {
        var files = new GroupFiles(
            folder => folder == $"{GroupFiles.Mount}{hierarchy}",
            path => path == $"{GroupFiles.Mount}{hierarchy}/cpu.stat" ? "throttled_usec 999000\n" : null,
            path => path == $"{GroupFiles.Mount}{hierarchy}/cpu.stat" ? "throttled_usec 4000\n" : null);
        Assert.Equal(4.0, CpuThrottling.Sum(membership, files));
    }

    private static GroupFiles Seen(Dictionary<string, string> files) => new(_ => true, path => files.GetValueOrDefault(path[GroupFiles.Mount.Length..]), _ => null);
}

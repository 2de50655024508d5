using FleetProf.Agent.Collectors.DotNet;

namespace FleetProf.Agent.Tests.Collectors.DotNet;

public class CpuThrottlingTests
{
    [Fact]
    public void Sum_Version2_AddsTheGroupsAround()
    {
        var files = new Dictionary<string, string> { ["/a/b/cpu.stat"] = "usage_usec 9\nnr_throttled 2\nthrottled_usec 1500\n", ["/a/cpu.stat"] = "throttled_usec 500\n", ["/cpu.stat"] = "usage_usec 7\n" };
        Assert.Equal(2.0, CpuThrottling.Sum("0::/a/b\n", files.GetValueOrDefault));
    }

    [Fact]
    public void Sum_Version1_ReadsNanosecondsOfTheProcessorHierarchyOnly()
    {
        var files = new Dictionary<string, string> { ["/cpu/x/cpu.stat"] = "nr_periods 1\nthrottled_time 3000000\n", ["/x/cpu.stat"] = "throttled_usec 999\n" };
        Assert.Equal(3.0, CpuThrottling.Sum("4:memory:/x\n2:cpu,cpuacct:/x\n0::/\n", files.GetValueOrDefault));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0::/a")]
    [InlineData("rubbish")]
    public void Sum_NothingTells_IsUnknown(string membership) => Assert.Null(CpuThrottling.Sum(membership, _ => null));

    [Fact]
    public void Read_OwnProcess_NeverThrows() => Assert.True(CpuThrottling.ReadMs(Environment.ProcessId) is null or >= 0);
}

using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Fleet;

namespace FleetProf.Portal.Tests.Fleet;

public sealed class ServiceTotalTests
{
    private static readonly Instance Unwatched = Row("u", new() { CpuCores = 1, IsUnwatched = true });

    [Fact]
    public void Total_WithAnUnwatchedInstance_LeavesItOutOfWhatOnlyWatchingTells()
    {
        var total = ServiceTotal.Of("s", [Row("a", new() { TimeInGcPercent = 4, PauseP99Ms = 20, HeapBytes = 5_000_000, CpuCores = 1 }), Unwatched]);

        Assert.Equal((4.0, 20.0, 5_000_000.0, 2.0), (total.TimeInGcPercent, total.PauseP99Ms, total.HeapBytes, total.CpuCores));
    }

    [Fact]
    public void Total_OfUnwatchedInstances_HasNoFigureOfAPause()
    {
        var total = ServiceTotal.Of("s", [Unwatched, Unwatched with { InstanceId = "v" }]);

        Assert.Equal((null, null, null, null), (total.TimeInGcPercent, total.PauseP99Ms, total.MaxPauseMs, total.LastPauseMs));
        Assert.Equal((null, null, 2.0), (total.HeapBytes, total.AllocatedBytesPerSecond, total.CpuCores));
    }

    private static Instance Row(string id, InstanceVitals vitals) => new()
    {
        InstanceId = id, Service = "s", AgentId = "agent", LastSeenAt = DateTimeOffset.UnixEpoch, Vitals = vitals,
    };
}

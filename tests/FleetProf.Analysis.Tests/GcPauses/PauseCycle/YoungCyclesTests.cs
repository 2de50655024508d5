using FleetProf.Analysis.GcPauses;
using FleetProf.Analysis.GcPauses.PauseCycle;
using FleetProf.Measures.GcPauses;

namespace FleetProf.Analysis.Tests.GcPauses.PauseCycle;

public sealed class YoungCyclesTests
{
    private const long TicksPerSecond = 1000;

    [Fact]
    public void Cycles_OfOrdinaryGcs_RunFromStartToStart()
    {
        var cycles = YoungCycles.Of([Gc(1, 100), Gc(2, 130), Gc(3, 175, generation: 1)], TicksPerSecond);

        Assert.Equal([30.0, 45.0], cycles.Select(cycle => cycle.IntervalMs));
        Assert.All(cycles, cycle => Assert.Equal((1, 2.0, 4_000_000.0, 50_000.0), (cycle.Count, cycle.PauseMs, cycle.AllocatedBytes, cycle.PromotedBytes)));
    }

    [Fact]
    public void Cycles_AcrossAGap_AreLeftOut() =>
        Assert.Equal([20.0], YoungCycles.Of([Gc(1, 100), Gc(3, 160), Gc(4, 180)], TicksPerSecond).Select(cycle => cycle.IntervalMs));

    [Fact]
    public void Cycles_EndedByInducedFullOrOwnGcs_AreLeftOut() =>
        Assert.Equal([15.0], YoungCycles.Of(
            [Gc(1, 100), Gc(2, 120, reason: GcReason.Induced), Gc(3, 135), Gc(4, 150, generation: 2), Gc(5, 160, isOwn: true)], TicksPerSecond).Select(cycle => cycle.IntervalMs));

    [Fact]
    public void BackgroundGc_DoesNotCutACycle() =>
        Assert.Equal([60.0], YoungCycles.Of([Gc(1, 100), Gc(2, 120, generation: 2, kind: GcKind.Background), Gc(3, 160)], TicksPerSecond).Select(cycle => cycle.IntervalMs));

    [Fact]
    public void Cycles_OfWindows_AreTheirAveragesWithoutFullOrInducedOnes()
    {
        var window = new PauseWindow
        {
            InstanceId = "i", StartMs = 0, WindowMs = 10_000, ObservedMs = 10_000, Gen0Count = 15, Gen1Count = 5, AllocatedBytes = 80_000_000, PromotedBytes = 4_000_000, PauseMs = 40,
        };

        var cycles = YoungCycles.Of([window, window with { Gen2Count = 1 }, window with { InducedCount = 1 }, window with { ObservedMs = 5_000 }, window with { MissedCount = 1 }]);

        Assert.Equal([new YoungCycle(20, 500, 2, 4_000_000, 200_000)], cycles);
    }

    private static GcRecord Gc(int number, long start, int generation = 0, GcKind kind = GcKind.Blocking, GcReason reason = GcReason.AllocSmall, bool isOwn = false) => new()
    {
        Number = number, Generation = generation, Kind = kind, Reason = reason, StartTicks = start, EndTicks = start + 2, PauseMs = 2, SuspendMs = 0.1, IsOwn = isOwn,
        HasStatistics = true, HasHistory = true, AllocatedBytes = 4_000_000, Statistics = new HeapStatistics(default, 50_000, 0, 0, 0),
    };
}

using FleetProf.Faults.Memory;
using FleetProf.TestKit.Processes;

namespace FleetProf.Faults.Tests.Memory;

[Trait("Ring", "process")]
public sealed class ProcessMemoryTests
{
    /// <summary>Most of what it allocates is dead at once, and some is not.</summary>
    [Fact]
    public async Task Read_OfAProcessWithGarbage_CollectsItTwiceAndLeavesNoSession()
    {
        await using var probe = await GcProbeProcess.StartAsync();
        await probe.AskAsync("churn 300");
        var before = (await probe.GetCollectionCountsAsync())[2];

        var first = await ProcessMemory.ReadAsync("probe", probe.Pid, captures: 3);
        var after = (await probe.GetCollectionCountsAsync())[2];
        var second = await ProcessMemory.ReadAsync("probe", probe.Pid, captures: 3);

        Assert.Equal(before + 2, after);
        Assert.NotNull(first);
        Assert.NotNull(second);
        var live = Assert.NotNull(first.Live);
        Assert.InRange(live, 1_000_000, 200_000_000);
        // Nothing has happened in it but that it answered.
        Assert.InRange(Assert.NotNull(second.Live), live * 0.98, live * 1.02);
        // Pages of large objects that nobody wrote to are not there, so that the heap may be smaller than what lives in it.
        Assert.InRange(first.Heap, 1_000_000, first.Resident);
        Assert.InRange(Assert.NotNull(first.Native), 1_000_000, first.Resident - first.Heap);
        Assert.InRange(first.Code, 1, first.Resident - first.Heap);
        Assert.InRange(second.AgeMs - first.AgeMs, 500, 60_000);
        await TargetSessions.UntilAsync(probe.Pid, isWatched: false);
    }

    [Fact]
    public async Task Read_OfAProcessThatHasEnded_IsNothing()
    {
        await using var probe = await GcProbeProcess.StartAsync();
        await probe.KillAsync();

        Assert.Null(await ProcessMemory.ReadAsync("probe", probe.Pid, captures: 0));
    }
}

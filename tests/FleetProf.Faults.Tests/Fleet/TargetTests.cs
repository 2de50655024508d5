using FleetProf.Faults.Fleet;
using FleetProf.Faults.Injection;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Faults.Tests.Fleet;

[Trait("Ring", "process")]
public sealed class TargetTests
{
    private const int Looks = 10;
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(1);

    /// <summary>Without events a session that nobody reads any more would not end: what works no more after a stop would be found as a session that was left.</summary>
    [Fact]
    public async Task Target_StoppedForAnHour_WorksAgainWhenItGoesOn()
    {
        var time = new FakeTimeProvider();
        await using var target = await Target.StartAsync("long-stop-test", time: time);
        Assert.True(await UntilWorkedAsync(target, time, more: 0), "It never worked.");

        await target.SuspendAsync();
        // In steps: it asks after the first one, and waits for its answer through all others.
        var looks = 0;
        await Wait.UntilAsync(Ample, () =>
        {
            time.Advance(TimeSpan.FromHours(1) / Looks);
            return Task.FromResult(++looks == Looks);
        });
        var before = target.Rounds;
        await target.ResumeAsync();

        Assert.True(await UntilWorkedAsync(target, time, before), "It did not work again.");
    }

    /// <summary>It neither asks for memory nor ends; the round must not wait for it for ever.</summary>
    [Fact]
    public async Task Target_StoppedAndToRunOutOfMemory_IsReportedAfterAWhileAndCanBeStartedAgain()
    {
        Assert.SkipUnless(MemoryGroup.IsPossible, "Control groups of memory may not be made here; the scenario is left out too. Whoever runs this as root outside of a container may remove the skip.");
        var time = new FakeTimeProvider();
        await using var target = await Target.StartAsync("stopped-memory-test", time: time);
        var first = target.Pid;
        await target.SuspendAsync();

        var ending = target.RunOutOfMemoryAsync();
        await Wait.UntilAsync(Ample, () =>
        {
            time.Advance(TimeSpan.FromMinutes(1));
            return Task.FromResult(ending.IsCompleted);
        });
        var reported = await Assert.ThrowsAsync<InvalidOperationException>(() => ending.WaitAsync(Ample, TestContext.Current.CancellationToken));
        await target.StartAgainAsync();

        Assert.Equal($"Process {first} of stopped-memory-test was not killed for its memory within 60 s.", reported.Message);
        Assert.NotEqual(first, target.Pid);
    }

    private static Task<bool> UntilWorkedAsync(Target target, FakeTimeProvider time, int more) => Wait.UntilAsync(Ample, () =>
    {
        time.Advance(TimeSpan.FromSeconds(1));
        return Task.FromResult(target.Rounds > more);
    });
}

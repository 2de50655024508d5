using FleetProf.Faults.Fleet;
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

    private static Task<bool> UntilWorkedAsync(Target target, FakeTimeProvider time, int more) => Wait.UntilAsync(Ample, () =>
    {
        time.Advance(TimeSpan.FromSeconds(1));
        return Task.FromResult(target.Rounds > more);
    });
}

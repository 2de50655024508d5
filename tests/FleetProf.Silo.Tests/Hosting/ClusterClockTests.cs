namespace FleetProf.Silo.Tests.Hosting;

public sealed class ClusterClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 6, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Wait_ForLessThanAMillisecond_EndsThoughTheClockStands()
    {
        var clock = new ClusterClock(Noon);

        // As Orleans waits for the next tick of a reminder.
        await Task.Run(() => UntilAsync(clock, Noon.AddTicks(4_000)), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(Noon, clock.GetUtcNow());
    }

    [Fact]
    public async Task Wait_ForLonger_EndsWhenTheClockIsSet()
    {
        var clock = new ClusterClock(Noon);
        var waiting = UntilAsync(clock, Noon.AddSeconds(1));
        Assert.False(waiting.IsCompleted);

        clock.Advance(TimeSpan.FromSeconds(1));

        await waiting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private static async Task UntilAsync(TimeProvider clock, DateTimeOffset due)
    {
        while (due - clock.GetUtcNow() is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left, clock);
        }
    }
}

using FleetProf.Silo.Gateway;
using FleetProf.Silo.Gateway.Admission;
using FleetProf.Silo.Tests.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Gateway.Admission;

public sealed class ReturnScheduleTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void Reserve_OneAfterTheOther_FollowsTheRateBehindTheGate()
    {
        var schedule = Schedule(new GatewayOptions { ConnectsPerSecond = 4, MaxHandshakeWait = TimeSpan.FromSeconds(3) });

        Assert.Equal([3_000, 3_250, 3_500], Enumerable.Range(0, 3).Select(_ => schedule.Reserve().TotalMilliseconds));
        // What is given away stays so; once it is over, those at the gate come first again.
        clock.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal(3_500, schedule.Reserve().TotalMilliseconds);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3_000, schedule.Reserve().TotalMilliseconds);
    }

    [Fact]
    public void Reserve_WallClockSetBack_GoesOnAtTheRate()
    {
        var stepped = new SteppedClock();
        var schedule = new ReturnSchedule(Options.Create(new GatewayOptions { ConnectsPerSecond = 4, MaxHandshakeWait = TimeSpan.FromSeconds(3) }), stepped, new Random(1));
        Assert.False(schedule.AreAwaited);
        Assert.Equal(3_000, schedule.Reserve().TotalMilliseconds);
        stepped.StepBack();

        Assert.Equal([3_250, 3_500], Enumerable.Range(0, 2).Select(_ => schedule.Reserve().TotalMilliseconds));
        Assert.True(schedule.AreAwaited);
        stepped.Advance(TimeSpan.FromSeconds(14));
        Assert.False(schedule.AreAwaited);
    }

    [Fact]
    public void Reserve_MoreThanMayWait_AreSpreadOverTheSecondHalfOfTheLongestWait()
    {
        var schedule = Schedule(new GatewayOptions { ConnectsPerSecond = 10, MaxRetryAfter = TimeSpan.FromSeconds(10), MaxHandshakeWait = TimeSpan.FromSeconds(3) });
        var placed = Enumerable.Range(0, 71).Select(_ => schedule.Reserve()).ToList();
        Assert.Equal(TimeSpan.FromSeconds(10), placed[^1]);

        var others = Enumerable.Range(0, 1_000).Select(_ => schedule.Reserve().TotalSeconds).ToList();

        Assert.All(others, seconds => Assert.InRange(seconds, 5, 10));
        Assert.InRange(others.Average(), 7.2, 7.8);
    }

    [Fact]
    public void KeepWindowsFor_WhileAgentsAreAwaited_LastsUntilTheyAndStragglersAreInAndUpToAQuarterAsLongAgain()
    {
        var schedule = Schedule(new GatewayOptions { ConnectsPerSecond = 1, MaxHandshakeWait = TimeSpan.FromSeconds(3) });
        Assert.Equal(TimeSpan.Zero, schedule.KeepWindowsFor());
        var last = TimeSpan.Zero;
        for (var agent = 0; agent < 38; agent++)
        {
            last = schedule.Reserve();
        }

        Assert.Equal(TimeSpan.FromSeconds(40), last);
        var kept = Enumerable.Range(0, 1_000).Select(_ => schedule.KeepWindowsFor().TotalSeconds).ToList();
        Assert.All(kept, seconds => Assert.InRange(seconds, 40 + 5, 50 + 5));
        Assert.InRange(kept.Average(), 44 + 5, 46 + 5);

        clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(TimeSpan.Zero, schedule.KeepWindowsFor());
    }

    /// <summary>Whoever connects often makes the silo wait for agents that there are not.</summary>
    [Fact]
    public void KeepWindowsFor_ManyMoreThanMayCome_LastsTwoMinutes()
    {
        var schedule = Schedule(new GatewayOptions { ConnectsPerSecond = 1, MaxRetryAfter = TimeSpan.FromMinutes(5) });
        for (var agent = 0; agent < 1_000; agent++)
        {
            schedule.Reserve();
        }

        Assert.Equal(TimeSpan.FromMinutes(2), schedule.KeepWindowsFor());
    }

    /// <summary>A whole fleet that lost its silo: each agent tries within half a minute, and comes back when it is told to.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Reserve_WholeFleet_IsInAsSoonAsTheRateAllowsAfterFewTries(int seed)
    {
        const int Agents = 10_000;
        var options = new GatewayOptions { ConnectsPerSecond = 150, ConnectBurst = 1_000, MaxHandshakeWait = TimeSpan.FromSeconds(3) };
        var (schedule, random) = (Schedule(options), new Random(seed));
        var started = clock.GetUtcNow();
        var tries = new PriorityQueue<int, DateTimeOffset>(Enumerable.Range(0, Agents).Select(agent => (agent, started + TimeSpan.FromSeconds(30) * random.NextDouble())));
        var (count, due, inAt) = (new int[Agents], started - TimeSpan.FromSeconds(1_000 / 150.0), started);
        while (tries.TryDequeue(out var agent, out var at))
        {
            clock.SetUtcNow(at);
            count[agent]++;
            // The gate's own rule, in the words of this test.
            var turn = due > at - TimeSpan.FromSeconds(1_000 / 150.0) ? due : at - TimeSpan.FromSeconds(1_000 / 150.0);
            if (turn - at >= options.MaxHandshakeWait)
            {
                tries.Enqueue(agent, at + schedule.Reserve());
                continue;
            }

            due = turn + TimeSpan.FromSeconds(1 / 150.0);
            inAt = turn > inAt ? turn : inAt;
        }

        // The burst and then the rate take a minute, whatever the schedule; and hardly anybody needs a third try.
        Assert.InRange((inAt - started).TotalSeconds, 59, 65);
        Assert.InRange(count.Average(), 1, 2);
        Assert.InRange(count.Max(), 2, 6);
    }

    private ReturnSchedule Schedule(GatewayOptions options) => new(Options.Create(options), clock, new Random(1));
}

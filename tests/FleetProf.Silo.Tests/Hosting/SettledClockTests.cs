using FleetProf.Silo.Tests.Captures.Retention;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Hosting;

/// <summary>By what is deleted, and what is not, while clocks of hosts are wrong.</summary>
public abstract class SettledClockTests(CatalogKind kind) : IDisposable
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    private readonly RetentionRig rig = new(kind);

    /// <summary>As of a host that has booted, and was not synchronised yet, or that somebody sets wrong while silo and agent run.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_ClockAYearAheadAndAnAgentOfTheSameHost_DeletesNothingUntilItWentOnForADay(bool isBoot)
    {
        await rig.AddAsync(1);
        await rig.AddWindowAsync();
        Assert.Equal(0, await rig.Retention.RunAsync());
        rig.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal(0, await rig.Retention.RunAsync());

        rig.Clock.Step(Year);
        if (isBoot)
        {
            rig.Restart();
        }

        await rig.AddWindowAsync();
        Assert.Equal(0, await rig.Retention.RunAsync());
        rig.Clock.Advance(TimeSpan.FromHours(23));
        await rig.AddWindowAsync();
        Assert.Equal(0, await rig.Retention.RunAsync());
        Assert.Empty((await rig.Retention.DescribeAsync()).Due);
        Assert.True(rig.HasFiles(1));

        rig.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await rig.Retention.RunAsync());
    }

    [Fact]
    public async Task Run_AfterAWindowOfAClockThatWasAhead_StillWaitsAtTheNextStart()
    {
        await rig.AddAsync(1);
        await rig.AddWindowAsync();
        Assert.Equal(0, await rig.Retention.RunAsync());
        rig.Clock.Step(Year);
        rig.Restart();
        await rig.AddWindowAsync();
        Assert.Equal(0, await rig.Retention.RunAsync());

        rig.Clock.Step(-Year);
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, await rig.Retention.RunAsync());
        rig.Clock.Step(Year);
        rig.Restart();

        Assert.Equal(0, await rig.Retention.RunAsync());
        rig.Clock.Advance(TimeSpan.FromHours(23));
        Assert.Equal(0, await rig.Retention.RunAsync());
    }

    /// <summary>Of a catalog of the version before, too, which knows nothing but the windows.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_WhenAgentsAreBackAfterAMonth_DeletesWhatIsOldADayLater(bool wasAsked)
    {
        await rig.AddAsync(1);
        await rig.AddWindowAsync();
        Assert.Equal(0, wasAsked ? await rig.Retention.RunAsync() : 0);
        rig.Clock.Advance(TimeSpan.FromDays(40));
        rig.Restart();
        Assert.Equal(0, await rig.Retention.RunAsync());
        await rig.AddWindowAsync();
        Assert.Equal(0, await rig.Retention.RunAsync());

        // Off for the night: what counts is that the clock went on.
        rig.Clock.Advance(TimeSpan.FromHours(8));
        Assert.Equal(0, await rig.Retention.RunAsync());
        rig.Clock.Advance(TimeSpan.FromHours(16));
        rig.Restart();

        Assert.Equal(1, await rig.Retention.RunAsync());
    }

    [Fact]
    public async Task Run_OfASiloThatIsOffEachNight_DeletesWhatIsOld()
    {
        await rig.AddAsync(1);
        for (var day = 0; day < 30; day++)
        {
            rig.Restart();
            Assert.Equal(0, await rig.Retention.RunAsync());
            rig.Clock.Advance(TimeSpan.FromHours(8));
            Assert.Equal(0, await rig.Retention.RunAsync());
            rig.Clock.Advance(TimeSpan.FromHours(16));
        }

        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        rig.Restart();

        Assert.Equal(1, await rig.Retention.RunAsync());
    }

    /// <summary>A workstation, or a laboratory.</summary>
    [Fact]
    public async Task Run_OfASiloThatIsOnForSomeHoursEveryThreeDays_DeletesWhatIsOld()
    {
        await rig.AddAsync(1);
        var removed = 0;
        for (var session = 0; session < 20; session++)
        {
            rig.Restart();
            for (var hour = 0; hour <= 8; hour++)
            {
                removed += await rig.Retention.RunAsync();
                rig.Clock.Advance(TimeSpan.FromHours(1));
            }

            rig.Clock.Advance(TimeSpan.FromHours(63));
        }

        Assert.Equal(1, removed);
    }

    /// <summary>By the time that is believed, what came since the start lies in the future.</summary>
    [Fact]
    public async Task MakeRoom_AfterAWeekendOff_TakesWhatCameSinceThen()
    {
        Assert.Equal(0, await rig.Retention.RunAsync());
        rig.Clock.Advance(TimeSpan.FromDays(3));
        rig.Restart();
        Assert.Equal(0, await rig.Retention.RunAsync());
        await rig.AddAsync(1);
        rig.Clock.Advance(TimeSpan.FromHours(2));
        rig.FreeBytes = 50;

        await rig.Retention.MakeRoomAsync(100);

        Assert.False(rig.HasFiles(1));
    }

    [Fact]
    public async Task Run_FirstStartByAClockThatWasAhead_StillWaitsADayAfterItIsRight()
    {
        rig.Clock.Step(Year);
        Assert.Equal(0, await rig.Retention.RunAsync());
        rig.Clock.Step(-Year);
        await rig.AddAsync(1);
        Assert.Equal(0, await rig.Retention.RunAsync());
        rig.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, await rig.Retention.RunAsync());
        rig.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, await rig.Retention.RunAsync());

        rig.Clock.Step(Year);
        rig.Restart();

        Assert.Equal(0, await rig.Retention.RunAsync());
    }

    [Fact]
    public async Task Now_OfASiloWhoseClockIsAhead_IsNotThatOfAnother()
    {
        var right = rig.Clock.GetUtcNow();
        Assert.Equal(right, await rig.ClockOf(rig.Clock).NowAsync());
        var ahead = new SteppedClock(right + Year);
        var theirs = rig.ClockOf(ahead);

        Assert.Equal(right.AddDays(1), await theirs.NowAsync());
        ahead.Advance(TimeSpan.FromHours(2));
        Assert.Equal(right.AddDays(1).AddHours(2), await theirs.NowAsync());

        rig.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(right.AddHours(2), await rig.ClockOf(rig.Clock).NowAsync());
        Assert.Equal(right.AddDays(1).AddHours(2), await rig.ClockOf(ahead).NowAsync());
    }

    /// <summary>Before it is synchronised a host without a clock of its own begins long ago.</summary>
    [Fact]
    public async Task Now_AfterABootLongAgo_GoesOnWithTheClockOnceItIsRight()
    {
        await rig.ClockOf(rig.Clock).NowAsync();
        rig.Clock.Step(-Year);
        var settled = rig.ClockOf(rig.Clock);
        Assert.Equal(rig.Clock.GetUtcNow(), await settled.NowAsync());

        rig.Clock.Step(Year);
        rig.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(rig.Clock.GetUtcNow(), await settled.NowAsync());
    }

    public void Dispose() => rig.Dispose();
}

public sealed class SettledClockOnSqliteTests() : SettledClockTests(CatalogKind.Sqlite);

public sealed class SettledClockOnPostgresTests() : SettledClockTests(CatalogKind.Postgres);

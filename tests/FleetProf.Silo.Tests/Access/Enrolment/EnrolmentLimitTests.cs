using System.Net;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Tests.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Access.Enrolment;

public sealed class EnrolmentLimitTests
{
    private static readonly IPAddress One = IPAddress.Parse("10.0.0.1");
    private static readonly IPAddress Other = IPAddress.Parse("10.0.0.2");

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void TryEnter_AddressThatFailsTooOften_IsTurnedAwayForAMinuteAndNobodyElse()
    {
        var limit = new EnrolmentLimit(Options.Create(new EnrolmentOptions { FailuresPerMinute = 3 }), clock);
        for (var i = 0; i < 3; i++)
        {
            Assert.True(limit.TryEnter(One));
            limit.Failed(One);
        }

        Assert.False(limit.TryEnter(One));
        Assert.True(limit.TryEnter(Other));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(limit.TryEnter(One));
    }

    [Fact]
    public void TryEnter_WallClockSetBack_TheMinuteAndTheSecondEndAllTheSame()
    {
        var stepped = new SteppedClock();
        var limit = new EnrolmentLimit(Options.Create(new EnrolmentOptions { FailuresPerMinute = 1, JoinsPerSecond = 1 }), stepped);
        Assert.True(limit.TryEnter(One));
        limit.Failed(One);
        stepped.StepBack();

        stepped.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([false, true], new[] { limit.TryEnter(One), limit.TryEnter(Other) });
        stepped.Advance(TimeSpan.FromSeconds(59));
        Assert.True(limit.TryEnter(One));
    }

    [Fact]
    public void TryFetch_OneAddressAllTheTime_LeavesHalfToOthers()
    {
        var limit = new EnrolmentLimit(Options.Create(new EnrolmentOptions { JoinsPerSecond = 2 }), clock);
        var taken = 0;
        for (var half = 0; half < 118; half++)
        {
            clock.Advance(TimeSpan.FromSeconds(0.5));
            taken += limit.TryFetch(One) ? 1 : 0;
        }

        Assert.Equal(60, taken);
        Assert.True(limit.TryFetch(Other));
    }

    [Fact]
    public void IsNewlyRefused_SameAddressWithinAMinute_IsNot()
    {
        var limit = new EnrolmentLimit(Options.Create(new EnrolmentOptions()), clock);

        Assert.Equal([true, false, true], new[] { limit.IsNewlyRefused(One), limit.IsNewlyRefused(One), limit.IsNewlyRefused(Other) });
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(limit.IsNewlyRefused(One));
    }

    [Fact]
    public void TryEnter_MoreThanPerSecond_WaitsForTheNext()
    {
        var limit = new EnrolmentLimit(Options.Create(new EnrolmentOptions { JoinsPerSecond = 2 }), clock);

        Assert.Equal([true, true, false], new[] { limit.TryEnter(One), limit.TryEnter(Other), limit.TryEnter(null) });
        clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal([true, false], new[] { limit.TryEnter(One), limit.TryEnter(One) });
    }
}

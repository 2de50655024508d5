using System.Net;
using FleetProf.Silo.Gateway.Admission;
using FleetProf.Silo.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Gateway.Admission;

public sealed class FailedHandshakesTests
{
    private static readonly IPAddress One = IPAddress.Parse("10.0.0.1");
    private static readonly IPAddress Other = IPAddress.Parse("10.0.0.2");

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void AreTooMany_OneMoreThanTolerated_OfThatAddressAloneAndForASecond()
    {
        var failures = new FailedHandshakes(clock);
        Fail(failures, One, FailedHandshakes.Tolerated);
        Assert.False(failures.AreTooMany(One));

        Fail(failures, One, 1);

        Assert.Equal([true, false], new[] { failures.AreTooMany(One), failures.AreTooMany(Other) });
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(failures.AreTooMany(One));
    }

    [Fact]
    public void AreTooMany_AfterAnyNumber_IsForgivenWithinFiveMinutes()
    {
        var failures = new FailedHandshakes(clock);
        Fail(failures, One, 100_000);

        clock.Advance(TimeSpan.FromSeconds(299));
        Assert.True(failures.AreTooMany(One));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(failures.AreTooMany(One));
    }

    [Fact]
    public void MakeUp_EachThatSucceeds_TakesOneThatFailedAway()
    {
        var failures = new FailedHandshakes(clock);
        Fail(failures, One, FailedHandshakes.Tolerated + 2);

        failures.MakeUp(One);
        Assert.True(failures.AreTooMany(One));
        failures.MakeUp(One);
        Assert.False(failures.AreTooMany(One));

        // Nothing is saved up for later.
        Enumerable.Range(0, 1_000).ToList().ForEach(_ => failures.MakeUp(One));
        Fail(failures, One, FailedHandshakes.Tolerated + 1);
        Assert.True(failures.AreTooMany(One));
    }

    /// <summary>Who has one address of IPv6 has 2^64 of them.</summary>
    [Fact]
    public void Add_AddressesOfOneNetworkOfIPv6_CountTogether()
    {
        var failures = new FailedHandshakes(clock);

        Enumerable.Range(0, FailedHandshakes.Tolerated + 1).ToList().ForEach(i => failures.Add(IPAddress.Parse($"2001:db8::{i:x}")));

        Assert.Equal([true, false], new[] { failures.AreTooMany(IPAddress.Parse("2001:db8::ffff")), failures.AreTooMany(IPAddress.Parse("2001:db8:0:1::1")) });
    }

    [Fact]
    public void Add_MoreAddressesThanAreRemembered_LeavesThoseOutUntilOthersAreForgotten()
    {
        var failures = new FailedHandshakes(clock);
        Enumerable.Range(0, FailedHandshakes.MostAddresses).ToList().ForEach(i => failures.Add(new IPAddress(i + 1L)));

        Fail(failures, Other, FailedHandshakes.Tolerated + 1);
        Assert.False(failures.AreTooMany(Other));

        clock.Advance(TimeSpan.FromMinutes(1));
        Fail(failures, Other, FailedHandshakes.Tolerated + 1);
        Assert.True(failures.AreTooMany(Other));
    }

    [Fact]
    public void AreTooMany_WallClockSetBack_IsForgivenAllTheSame()
    {
        var stepped = new SteppedClock();
        var failures = new FailedHandshakes(stepped);
        Fail(failures, One, FailedHandshakes.Tolerated + 1);
        stepped.StepBack();

        stepped.Advance(TimeSpan.FromSeconds(1));

        Assert.False(failures.AreTooMany(One));
    }

    private static void Fail(FailedHandshakes failures, IPAddress address, int times)
    {
        for (var i = 0; i < times; i++)
        {
            failures.Add(address);
        }
    }
}

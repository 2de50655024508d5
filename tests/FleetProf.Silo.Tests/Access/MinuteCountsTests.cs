using System.Net;
using FleetProf.Silo.Access;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Access;

public sealed class MinuteCountsTests
{
    private readonly FakeTimeProvider clock = new();

    /// <summary>Who has one address of IPv6 has 2^64 of them.</summary>
    [Fact]
    public void TryAdd_AddressesOfOneNetworkOfIPv6_CountTogetherAndTakeOnePlace()
    {
        var counts = new MinuteCounts<IPAddress>(clock, mostKeys: 2);

        Assert.All(Enumerable.Range(1, 100), i => Assert.True(counts.TryAdd(IPAddress.Parse($"2001:db8::{i:x}"))));

        Assert.Equal((100, 0), (counts.Of(IPAddress.Parse("2001:db8::ffff")), counts.Of(IPAddress.Parse("2001:db8:0:1::1"))));
        Assert.Equal([true, false], new[] { counts.TryAdd(IPAddress.Parse("10.0.0.1")), counts.TryAdd(IPAddress.Parse("10.0.0.2")) });
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, counts.Of(IPAddress.Parse("2001:db8::1")));
    }

    [Fact]
    public void TryAdd_KeysThatAreNoAddresses_CountAlone()
    {
        var counts = new MinuteCounts<string>(clock);
        counts.TryAdd("2001:db8::1");

        Assert.Equal((1, 0), (counts.Of("2001:db8::1"), counts.Of("2001:db8::2")));
    }
}

using FleetProf.Contracts.Access;

namespace FleetProf.Contracts.Tests.Access;

public sealed class AddressKeyTests
{
    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1")]
    [InlineData("2001:db8::1", "2001:db8::")]
    [InlineData("2001:db8::ffff:ffff:ffff:ffff", "2001:db8::")]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1::")]
    [InlineData("fe80::1%3", "fe80::")]
    [InlineData("", "")]
    [InlineData("no address", "no address")]
    public void Of_AnAddress_IsTheNetworkThatItsHolderHasAllOf(string address, string expected) => Assert.Equal(expected, AddressKey.Of(address));
}

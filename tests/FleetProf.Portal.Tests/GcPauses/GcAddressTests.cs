using FleetProf.Portal.GcPauses;

namespace FleetProf.Portal.Tests.GcPauses;

public sealed class GcAddressTests
{
    [Fact]
    public void Address_Written_IsReadAgain()
    {
        var address = new GcAddress("host:12/é&", 7, new(2026, 5, 4, 12, 0, 3, TimeSpan.Zero));

        Assert.StartsWith("/services/a%2Fb/gc?", address.ToUri("a/b"), StringComparison.Ordinal);
        Assert.Equal(address, GcAddress.FromUri(address.ToUri("a/b")));
    }

    [Theory]
    [InlineData("/services/a/gc")]
    [InlineData("/services/a/gc?instance=i&number=-1&at=2026-05-04T12:00:03Z")]
    [InlineData("/services/a/gc?instance=i&number=1&at=noon")]
    [InlineData("/services/a/gc?number=1&at=2026-05-04T12:00:03Z")]
    public void Address_CutOrEdited_NamesNone(string uri) => Assert.Null(GcAddress.FromUri(uri));
}

using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Tests.Storage;

public sealed class StorableTextTests
{
    /// <summary>No theory: what an attribute holds is of whole characters already.</summary>
    [Fact]
    public void Of_AnyText_IsOfWholeCharactersAndNoLonger()
    {
        Assert.Equal("plain", StorableText.Of("plain", 5));
        Assert.Equal("plai", StorableText.Of("plain", 4));
        Assert.Equal("ab", StorableText.Of("a\0b", 9));
        Assert.Equal("ab\ud83d\ude00", StorableText.Of("ab\ud83d\ude00", 4));
        Assert.Equal("ab", StorableText.Of("ab\ud83d\ude00", 3));
        Assert.Equal("\ufffdb", StorableText.Of("\ude00b", 9));
    }
}

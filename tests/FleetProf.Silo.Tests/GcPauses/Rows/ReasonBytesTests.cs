using FleetProf.Silo.GcPauses.Rows;

namespace FleetProf.Silo.Tests.GcPauses.Rows;

public sealed class ReasonBytesTests
{
    [Theory]
    [InlineData(new long[] { 0 }, null)]
    [InlineData(new long[] { 5 }, new byte[] { 5 })]
    [InlineData(new long[] { 0, 300, 0, 0 }, new byte[] { 0, 0xAC, 0x02 })]
    public void Counts_Written_AreShort(long[] counts, byte[]? bytes) => Assert.Equal(bytes, ReasonBytes.Write(counts));

    [Fact]
    public void Counts_Written_AreReadAgain()
    {
        long[] counts = [1, 0, 127, 128, long.MaxValue, 7];

        Assert.Equal(counts, ReasonBytes.Read(ReasonBytes.Write(counts)!));
        Assert.Null(ReasonBytes.Write([]));
    }

    /// <summary>A damaged row must not end a query.</summary>
    [Fact]
    public void Counts_CutOff_AreWhatIsWhole() => Assert.Equal([5L], ReasonBytes.Read([5, 0xFF, 0xFF]));
}

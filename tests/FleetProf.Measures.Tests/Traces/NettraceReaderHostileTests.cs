using System.Text;
using CsCheck;
using FleetProf.Measures.Traces;
using FleetProf.TestKit.Traces;

namespace FleetProf.Measures.Tests.Traces;

public class NettraceReaderHostileTests
{
    private static readonly byte[] Sound = Typical().End().ToArray();

    public static TheoryData<string, byte[], NettraceError> Broken => new()
    {
        { "empty text", [0], NettraceError.NotNettrace },
        { "other file", Encoding.ASCII.GetBytes("PK\x03\x04 this is a zip archive, not a trace"), NettraceError.NotNettrace },
        { "other serialisation", Encoding.ASCII.GetBytes("Nettrace\x14\0\0\0!SlowSerialization.1"), NettraceError.NotNettrace },
        { "version 6", [.. "Nettrace"u8, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0], NettraceError.UnsupportedVersion },
        { "no head", [.. Typical().ToArray()[..32], .. new byte[] { 5, 5, 1, 2, 0, 0, 0, 2, 0, 0, 0, 7, 0, 0, 0 }, .. "SPBlock"u8, 6], NettraceError.BadFrame },
        { "newer object", [.. Typical().ToArray(), 5, 5, 1, 9, 0, 0, 0, 9, 0, 0, 0, 7, 0, 0, 0, .. "SPBlock"u8, 6], NettraceError.UnsupportedVersion },
        { "huge name", [.. Typical().ToArray(), 5, 5, 1, 2, 0, 0, 0, 2, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F], NettraceError.BadFrame },
        { "negative name", [.. Typical().ToArray(), 5, 5, 1, 2, 0, 0, 0, 2, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF], NettraceError.BadFrame },
        { "huge block", Typical().Block("EventBlock", [1], announcedBytes: int.MaxValue).ToArray(), NettraceError.BlockTooLarge },
        { "huge unknown block", Typical().Block("Future", [1], announcedBytes: int.MaxValue).ToArray(), NettraceError.BlockTooLarge },
        { "negative block", Typical().Block("EventBlock", [1], announcedBytes: -1).ToArray(), NettraceError.BlockTooLarge },
        { "short block header", Typical().Block("EventBlock", [4, 0, 1, 0]).ToArray(), NettraceError.BadBlock },
        { "empty block", Typical().Block("MetadataBlock", []).ToArray(), NettraceError.BadBlock },
        { "undescribed event", Typical().Events(true, new WrittenEvent(99, 1, 1, 1, [])).ToArray(), NettraceError.BadEvent },
        { "payload beyond block", Typical().Block("EventBlock", [.. new byte[] { 20, 0, 1, 0 }, .. new byte[16], 0x81, 1, 1, 0xFF, 0x7F]).ToArray(), NettraceError.BadBlock },
        { "endless number", Typical().Block("EventBlock", [.. new byte[] { 20, 0, 1, 0 }, .. new byte[16], 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]).ToArray(), NettraceError.BadBlock },
        { "sequence point of a billion threads", Typical().Block("SPBlock", [.. new byte[8], 0, 0xCA, 0x9A, 0x3B]).ToArray(), NettraceError.BadBlock },
        { "bytes after the end", [.. Sound, 7], NettraceError.BadFrame },
        { "second head", [.. Typical().ToArray(), .. Typical().ToArray()[32..]], NettraceError.BadFrame },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Read_Broken_NamesTheError(string what, byte[] bytes, NettraceError error)
    {
        foreach (var piece in new[] { 1, 13, int.MaxValue })
        {
            var thrown = Assert.Throws<NettraceFormatException>(() => CollectingSink.Read(bytes, new CollectingSink(), () => piece));
            Assert.True(thrown.Error == error, $"{what}: {thrown.Error} {thrown.Message}");
        }
    }

    [Fact]
    public void Read_MetadataWithAbsurdFieldCounts_IsNotImpressed()
    {
        // The fields are not read at all, so their count cannot make anybody allocate.
        byte[] description = [7, 0, 0, 0, .. Encoding.Unicode.GetBytes("P\0"), 1, 0, 0, 0, 0, 0, .. new byte[16], 0xFF, 0xFF, 0xFF, 0x7F];
        byte[] block = [20, 0, 1, 0, .. new byte[16], 128, 0, (byte)description.Length, .. description];
        var bytes = Typical().Block("MetadataBlock", block).Events(true, new WrittenEvent(7, 1, 1, 1, [])).End().ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        CollectingSink.Read(bytes, new CollectingSink(), () => 100).Complete();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Read_EndlessEventTypes_StopsAtALimit()
    {
        var writer = Typical();
        for (var i = 0; i < 1_200; i++) writer.EventType(10 + i, new string((char)('a' + i % 26), 4_000), i);
        var thrown = Assert.Throws<NettraceFormatException>(() => CollectingSink.Read(writer.ToArray(), new CollectingSink(), () => 60_000));
        Assert.Equal(NettraceError.TooManyEventTypes, thrown.Error);
    }

    [Theory]
    [InlineData(40, 100, 1_000, NettraceError.BlockTooLarge)]
    [InlineData(4_000, 1, 1_000, NettraceError.TooManyEventTypes)]
    [InlineData(4_000, 100, 10, NettraceError.TooManyEventTypes)]
    public void Read_BeyondTheLimitsGiven_NamesTheError(int blockBytes, int eventTypes, int nameChars, NettraceError error)
    {
        var limits = new TraceLimits { BlockBytes = blockBytes, EventTypes = eventTypes, NameChars = nameChars };
        Assert.Equal(error, Assert.Throws<NettraceFormatException>(() => new NettraceReader(new CollectingSink(), limits).Read(Sound)).Error);
    }

    [Fact]
    public void Read_AnyMutation_ThrowsOnlyTheNamedErrorAndAllocatesLittle() =>
        Gen.Select(Gen.Int[0, Sound.Length - 1], Gen.Byte, Gen.Int[0, Sound.Length - 1], Gen.Byte, Gen.Int[1, 400]).Sample((first, one, second, two, piece) =>
        {
            var bytes = (byte[])Sound.Clone();
            bytes[first] = one;
            bytes[second] ^= two;
            AssertSafe(bytes, piece);
        }, iter: 20_000);

    [Fact]
    public void Read_AnyTruncation_IsTruncated()
    {
        for (var length = 0; length < Sound.Length; length++)
        {
            var reader = CollectingSink.Read(Sound.AsSpan(0, length), new CollectingSink(), () => 64);
            Assert.Equal(NettraceError.Truncated, Assert.Throws<NettraceFormatException>(reader.Complete).Error);
        }
    }

    [Fact]
    public void Read_RandomBytesAfterTheHead_ThrowsOnlyTheNamedError() =>
        Gen.Byte.Array[1, 200].Sample(tail => AssertSafe([.. Typical().ToArray(), .. tail], 50), iter: 5_000);

    private static void AssertSafe(byte[] bytes, int piece)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            CollectingSink.Read(bytes, new CollectingSink { WantsStacks = true }, () => piece);
        }
        catch (NettraceFormatException)
        {
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    private static NettraceWriter Typical() => new NettraceWriter(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), 1)
        .EventType(1, "Provider", 10).EventType(2, "Provider", 11, "Other")
        .Events(true, new WrittenEvent(1, 5, 7, 1, [1, 2, 3], IsSorted: true), new WrittenEvent(2, 6, 7, 2, [4]), new WrittenEvent(1, 4, 8, 1, new byte[30]))
        .Events(false, new WrittenEvent(2, 9, 8, 2, [1, 2, 3, 4, 5]))
        .Stacks(1, [1, 2, 3, 4, 5, 6, 7, 8], [])
        .SequencePoint(10, (7, 2), (8, 2));
}

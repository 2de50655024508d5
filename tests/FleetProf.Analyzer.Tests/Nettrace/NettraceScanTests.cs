using FleetProf.Analyzer.Nettrace;

namespace FleetProf.Analyzer.Tests.Nettrace;

public sealed class NettraceScanTests
{
    private static NettraceBytes TwoBlocks() => new NettraceBytes().Trace().Block("EventBlock", [1, 2, 3, 4, 5]);

    [Fact]
    public void Scan_OfAnEndedStream_FindsNoProblem()
    {
        using var stream = new MemoryStream(TwoBlocks().Ended());

        var scan = NettraceScan.Of(stream);

        Assert.Equal(new NettraceScan(stream.Length - 1, 2, null), scan);
    }

    [Fact]
    public void Scan_OfEveryCut_EndsAtABlock()
    {
        var first = new NettraceBytes().Trace().Cut().Length;
        var whole = TwoBlocks().Cut();
        for (var length = first; length <= whole.Length; length++)
        {
            using var stream = new MemoryStream(whole[..length]);

            var scan = NettraceScan.Of(stream)!;

            Assert.Equal(length == whole.Length ? length : first, scan.WholeBytes);
            Assert.NotNull(scan.Problem);
        }
    }

    [Fact]
    public void Scan_OfALaterFormat_LeavesItToTheParser()
    {
        using var stream = new MemoryStream([.. "Nettrace"u8, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]);

        Assert.Null(NettraceScan.Of(stream));
    }
}

using FleetProf.Analyzer.Heaps;

namespace FleetProf.Analyzer.Tests.Heaps;

public sealed class BulkSequenceTests
{
    [Fact]
    public void Next_WithGaps_TellsEachAndCountsWhatIsMissing()
    {
        var blocks = new BulkSequence();

        Assert.Equal([true, true, false, true, false], new[] { 0, 1, 4, 5, 5 }.Select(blocks.Next));
        Assert.Equal(3, blocks.Missing);
    }
}

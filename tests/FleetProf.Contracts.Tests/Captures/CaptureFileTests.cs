using FleetProf.Contracts.Captures;

namespace FleetProf.Contracts.Tests.Captures;

public sealed class CaptureFileTests
{
    [Theory]
    [InlineData("original.nettrace", true)]
    [InlineData("original.pb.gz", true)]
    [InlineData("Original.Nettrace", true)]
    [InlineData("heap.gcdump", true)]
    [InlineData("heap.graph", true)]
    [InlineData("HEAP.GRAPH", true)]
    [InlineData("cpu.nettrace", true)]
    [InlineData("heap.tree", false)]
    [InlineData("heap.types.json", false)]
    [InlineData("alloc.pb.gz", false)]
    [InlineData("cpu.flame.json", false)]
    [InlineData("summary.json", false)]
    [InlineData("", false)]
    public void IsRaw_OfAFile_IsWhatWasRecordedOrHoldsAllOfIt(string name, bool isRaw) => Assert.Equal(isRaw, CaptureFile.IsRaw(name));
}

using FleetProf.Analysis.Heaps;

namespace FleetProf.Analysis.Tests.Heaps;

public sealed class HeapFidelityTests
{
    [Theory]
    [InlineData(10_000_000, 0, true, 1.0)]
    [InlineData(10_004_000, 0, true, 0.999)]
    [InlineData(9_500_000, 0, true, 1.0)] // more was walked than the runtime counts as live: nothing is missing
    [InlineData(10_000_000, 0, false, 0.999)] // known to be cut: never the whole
    [InlineData(40_000_000, 0, true, 0.25)]
    [InlineData(10_000_000, 1, true, 0.5)] // one of two references leads nowhere
    public void Score_AgainstTheRuntimesLiveBytes_NeverClaimsMoreThanWasSeen(long liveBytes, long unresolved, bool sawEnd, double expected)
    {
        var fidelity = HeapFidelity.Of(Heap(new HeapCompleteness { ExpectedBytes = liveBytes, SawEnd = sawEnd, UnresolvedEdges = unresolved, Bytes = 10_000_000 }));

        Assert.Equal(expected, fidelity.Score);
    }

    [Fact]
    public void Sentence_OfAWholeSnapshot_SaysWhatItWasHeldAgainst() => Assert.Equal(
        "The walk found 10 MB in 2 objects; the runtime counted 10.1 MB live after the same collection. Nothing is known to be missing.",
        HeapFidelity.Of(Heap(new HeapCompleteness { ExpectedBytes = 10_100_000, SawEnd = true, Bytes = 10_000_000 })).Sentence);

    [Fact]
    public void Sentence_OfACutSnapshot_NamesWhatIsMissing() => Assert.Equal(
        "The walk found 10 MB in 2 objects. The file holds no figure of the runtime to compare that with. Incomplete: the recording ends before the heap walk does.",
        HeapFidelity.Of(Heap(new HeapCompleteness { Bytes = 10_000_000 })).Sentence);

    [Fact]
    public void Score_WithoutFiguresOfTheRuntime_IsUnknown() => Assert.Null(HeapFidelity.Of(Heap(new HeapCompleteness { SawEnd = true })).Score);

    private static HeapGraph Heap(HeapCompleteness seen) => new()
    {
        Types = [new HeapType("Shop.Cart", "Shop")],
        TypeIndex = [0, 0],
        ShallowBytes = [4_000_000, 6_000_000],
        Address = [8, 16],
        EdgeStart = [0, 1, 1],
        EdgeTarget = [1],
        Roots = [],
        Completeness = seen,
    };
}

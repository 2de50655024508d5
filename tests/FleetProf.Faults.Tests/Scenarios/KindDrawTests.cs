using FleetProf.Contracts.Captures;
using FleetProf.Faults.Scenarios;

namespace FleetProf.Faults.Tests.Scenarios;

public sealed class KindDrawTests
{
    private const int Rounds = 4_000;

    /// <summary>In every process that was ever started with the seed: a round that failed is run again by it.</summary>
    [Fact]
    public void Of_SeedAndRound_IsTheSameInEveryRun()
    {
        var draw = new KindDraw(7, KindDraw.All);

        Assert.Equal([3, 6, 9, 10, 11, 13, 14], Enumerable.Range(1, 15).Where(round => draw.Of($"round {round}") == CaptureKind.Gcdump));
        Assert.Equal(CaptureKind.Gcdump, draw.Of("agent killed in MidCapture"));
        Assert.Equal(CaptureKind.Trace, draw.Of("target killed in MidCapture"));
    }

    [Fact]
    public void Of_ManyRounds_IsASnapshotInAQuarterOfThem()
    {
        var draw = new KindDraw(11, KindDraw.All);

        Assert.InRange(Enumerable.Range(1, Rounds).Count(round => draw.Of($"round {round}") == CaptureKind.Gcdump), Rounds * 22 / 100, Rounds * 28 / 100);
    }

    [Theory]
    [InlineData(CaptureKind.Trace)]
    [InlineData(CaptureKind.Gcdump)]
    public void Of_OneKindAlone_IsThatOne(CaptureKind kind)
    {
        var draw = new KindDraw(7, [kind]);

        Assert.All(Enumerable.Range(1, 15), round => Assert.Equal(kind, draw.Of($"round {round}")));
    }
}

using FleetProf.Contracts.Captures;
using FleetProf.Faults.Checking;
using FleetProf.Faults.History;

namespace FleetProf.Faults.Tests.Checking;

public sealed class SnapshotEndsTests
{
    [Fact]
    public void Line_OfSnapshotsThatGuardsRefused_TellsHowManyAndWhy() => Assert.Equal(
        "heap snapshots: 2 campaigns, 4 captures, 1 ready, 2 refused by a guard (MemoryHeadroomTooSmall 1, StallTooLong 1)",
        SnapshotEnds.Line(
        [
            Created("c1", CaptureKind.Gcdump), Created("c2", CaptureKind.Gcdump), Created("c3", CaptureKind.Trace),
            Ended("c1", 1, CaptureState.Running), Ended("c1", 1, CaptureState.Ready), Ended("c1", 2, CaptureState.Failed, CaptureFailure.StallTooLong),
            Ended("c2", 1, CaptureState.Failed, CaptureFailure.MemoryHeadroomTooSmall), Ended("c2", 2, CaptureState.Failed, CaptureFailure.AgentLost),
            Ended("c3", 1, CaptureState.Ready), Ended("c3", 2, CaptureState.Failed, CaptureFailure.MemoryHeadroomTooSmall),
        ]));

    /// <summary>All were traces then, and nothing says so.</summary>
    [Fact]
    public void Line_OfAHistoryFromBeforeThereWereSnapshots_IsNone() => Assert.Null(SnapshotEnds.Line([Created("c1", null), Ended("c1", 1, CaptureState.Ready)]));

    [Theory]
    [InlineData(CaptureKind.Gcdump, CaptureFailure.StallTooLong, true)]
    [InlineData(CaptureKind.Gcdump, CaptureFailure.MemoryHeadroomTooSmall, true)]
    [InlineData(CaptureKind.Gcdump, CaptureFailure.RefusedByPolicy, true)]
    [InlineData(CaptureKind.Gcdump, CaptureFailure.None, false)]
    [InlineData(CaptureKind.Gcdump, CaptureFailure.AgentLost, false)]
    [InlineData(CaptureKind.Trace, CaptureFailure.StallTooLong, false)]
    [InlineData(CaptureKind.Trace, CaptureFailure.MemoryHeadroomTooSmall, false)]
    public void Refusal_OfAGuard_IsALegalEndOfASnapshotAlone(CaptureKind kind, CaptureFailure failure, bool isRefusal) => Assert.Equal(isRefusal, SnapshotEnds.IsRefusal(kind, failure));

    private static HistoryEvent Created(string campaign, CaptureKind? kind) => new() { Kind = HistoryKind.Acknowledged, Operation = "campaign.create", Campaign = campaign, CaptureKind = kind };

    private static HistoryEvent Ended(string campaign, int ordinal, CaptureState state, CaptureFailure? failure = null) =>
        new() { Kind = HistoryKind.Observed, Campaign = campaign, Capture = $"{campaign}-{ordinal:0000}", Attempt = 1, State = state, Failure = failure };
}

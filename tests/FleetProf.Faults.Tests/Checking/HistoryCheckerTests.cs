using FleetProf.Contracts.Captures;
using FleetProf.Faults.Checking;
using FleetProf.Faults.History;

namespace FleetProf.Faults.Tests.Checking;

/// <summary>A history in which all is well, and histories that break each invariant once.</summary>
public sealed class HistoryCheckerTests
{
    private const string Campaign = "c1";
    private const string Capture = "c1-0000";
    private const string Sha = "aa";

    [Fact]
    public void Check_NothingHappened_IsNoViolation() => Assert.Empty(HistoryChecker.Check([]));

    [Fact]
    public void Check_HistoryInWhichAllIsWell_IsNoViolation() => Assert.Empty(HistoryChecker.Check(Well()));

    [Theory]
    [InlineData(CaptureFailure.AgentLost)]
    [InlineData(CaptureFailure.TimedOut)]
    public void Check_CaptureThatFailedBeforeItsUpload_IsNoViolation(CaptureFailure failure) => Assert.Empty(HistoryChecker.Check(
        [Bound(1), Created(0), Started(10), Gone(20), Observed(5_000, CaptureState.Failed, failure), Settled(1), Final(9_000)]));

    [Fact]
    public void Check_AcknowledgedCampaignThatIsUnknown_IsLost() => AssertOne(Invariant.I1NothingLost, [.. Well(), new() { Kind = HistoryKind.Missing, Campaign = Campaign, At = 9_500 }]);

    [Fact]
    public void Check_AcknowledgedCampaignThatWasNeverSeen_IsLost() => AssertOne(Invariant.I1NothingLost, [.. Well(), Created(9_000, "c2", deadlineMs: 60_000), Final(9_001)]);

    [Theory]
    [InlineData(CaptureState.Ready, CaptureState.Failed, CaptureFailure.AgentLost)]
    [InlineData(CaptureState.Ready, CaptureState.Pending, CaptureFailure.None)]
    [InlineData(CaptureState.Failed, CaptureState.Running, CaptureFailure.None)]
    [InlineData(CaptureState.Analysing, CaptureState.Failed, CaptureFailure.UploadInterrupted)]
    [InlineData(CaptureState.Analysing, CaptureState.Running, CaptureFailure.None)]
    public void Check_StateThatGoesBack_IsLost(CaptureState before, CaptureState after, CaptureFailure failure)
    {
        var violations = HistoryChecker.Check([Bound(1), Created(0), Observed(100, before, CaptureFailure.None), Observed(200, after, failure)]);

        Assert.Equal(Invariant.I1NothingLost, Assert.Single(violations).Invariant);
    }

    [Fact]
    public void Check_AnalysisThatFailed_IsNotLost() => Assert.Empty(HistoryChecker.Check(
        [Created(0), Observed(100, CaptureState.Analysing), Observed(200, CaptureState.Failed, CaptureFailure.AnalysisFailed), Final(300)]));

    [Fact]
    public void Check_ReadyCaptureThatNobodyCouldFetch_IsLost() => AssertOne(Invariant.I1NothingLost, [.. Well().Where(line => line.Kind != HistoryKind.Stored)]);

    [Fact]
    public void Check_AttemptStartedTwice_IsFoundEvenWhereTheAgentIsAnother() => AssertOne(Invariant.I2StartedOnce, [.. Well()[..^1], Started(9_100, agent: "copy"), Ended(9_200), Final(9_300)]);

    [Fact]
    public void Check_AnotherAttemptOfACapture_IsNoSecondStart() => Assert.Empty(HistoryChecker.Check([.. Well()[..^1], Started(9_100, attempt: 2), Ended(9_200, attempt: 2), Final(9_300)]));

    [Fact]
    public void Check_OverLongAfterTheDeadline_IsLate()
    {
        const long late = 60_000 + HistoryChecker.GraceMs + HistoryChecker.SeenLateMs + 1;

        AssertOne(Invariant.I3EndsInTime, [Created(0), Observed(100, CaptureState.Pending), Observed(late, CaptureState.Failed, CaptureFailure.TimedOut), Final(late + 1)]);
        Assert.Empty(HistoryChecker.Check([Created(0), Observed(100, CaptureState.Pending), Observed(late - 1, CaptureState.Failed, CaptureFailure.TimedOut), Final(late + 1)]));
    }

    /// <summary>The portal was away when it ended.</summary>
    [Fact]
    public void Check_EndedInTimeAndSeenLate_IsNotLate() => Assert.Empty(HistoryChecker.Check(
        [Created(0), Observed(500_000, CaptureState.Failed, CaptureFailure.AgentLost) with { EndedAt = 61_000 }, Final(500_001)]));

    [Fact]
    public void Check_NotOverAtTheEnd_IsLate() => AssertOne(Invariant.I3EndsInTime, [Created(0), Observed(100, CaptureState.Running), Final(200)]);

    [Theory]
    [InlineData("bb")]
    [InlineData("")]
    public void Check_OtherBytesThanTheAgentRecorded_AreFound(string stored) => AssertOne(
        Invariant.I4SameBytes, [.. Well().Select(line => line.Kind == HistoryKind.Stored ? line with { Sha256 = stored } : line)]);

    [Fact]
    public void Check_MoreAtOnceThanAllowed_IsFoundOnce() => AssertOne(Invariant.I5WithinBounds,
        [Bound(1), Started(10), Started(100, "c2-0000"), Settled(1), Settled(1) with { At = 5_000 }, Settled(1) with { At = 6_000 }]);

    [Fact]
    public void Check_EndHeardOfALittleLate_IsWithinBounds() => Assert.Empty(HistoryChecker.Check(
        [Bound(1), Started(10), Started(100, "c2-0000"), Ended(100 + HistoryChecker.SeenLateMs), Ended(9_000, "c2-0000")]));

    [Fact]
    public void Check_CapturesOfAKilledAgent_TakeNoPlace() => Assert.Empty(HistoryChecker.Check(
        [Bound(1), Started(10), Gone(50), Started(100, "c2-0000"), Ended(9_000, "c2-0000"), Settled(1) with { At = 9_500 }]));

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Check_TargetWithAnotherNumberOfSessionsThanItsVitals_IsFound(int sessions) => AssertOne(Invariant.I6NoSessionLeft, [Settled(sessions)]);

    [Fact]
    public void Check_ActionThatIsNotInTheAuditLog_IsFound()
    {
        AssertOne(Invariant.I7Audited, [.. Well()[..^1], Audited("campaign.create", "other"), Final(9_999)]);
        Assert.Empty(HistoryChecker.Check([.. Well()[..^1], Audited("campaign.create", Campaign), Final(9_999)]));
    }

    [Fact]
    public void Check_ReadThatIsAuditedUnderAnotherTarget_IsFound()
    {
        HistoryEvent fetched = new() { Kind = HistoryKind.Acknowledged, Operation = "artifact.download", Capture = Capture, Text = $"{Capture}/original.nettrace", At = 9_996 };
        List<HistoryEvent> history = [.. Well()[..^1], fetched, Audited("campaign.create", Campaign), Final(9_999)];

        AssertOne(Invariant.I7Audited, [.. history[..^1], Audited("artifact.download", "c2-0000/original.nettrace"), Final(9_999)]);
        Assert.Empty(HistoryChecker.Check([.. history[..^1], Audited("artifact.download", $"{Capture}/original.nettrace"), Final(9_999)]));
    }

    /// <summary>One campaign from its order to its stored bytes.</summary>
    private static List<HistoryEvent> Well() =>
    [
        Bound(1), Created(0), Observed(5, CaptureState.Pending), Started(10), Observed(20, CaptureState.Running), Ended(2_000), Observed(2_100, CaptureState.Analysing),
        Observed(3_000, CaptureState.Ready) with { Sha256 = Sha, EndedAt = 2_900 },
        new() { Kind = HistoryKind.Stored, Campaign = Campaign, Capture = Capture, Sha256 = Sha, At = 3_100 }, Settled(1), Final(9_000),
    ];

    private static void AssertOne(Invariant invariant, IReadOnlyList<HistoryEvent> history) => Assert.Equal(invariant, Assert.Single(HistoryChecker.Check(history)).Invariant);

    private static HistoryEvent Created(long at, string campaign = Campaign, long deadlineMs = 60_000) => new() { Kind = HistoryKind.Acknowledged, Operation = "campaign.create", Campaign = campaign, DeadlineMs = deadlineMs, At = at };

    private static HistoryEvent Started(long at, string capture = Capture, int attempt = 1, string agent = "a") => new() { Kind = HistoryKind.Started, Capture = capture, Attempt = attempt, Agent = agent, Service = "s", At = at };

    private static HistoryEvent Ended(long at, string capture = Capture, int attempt = 1) => new() { Kind = HistoryKind.Ended, Capture = capture, Attempt = attempt, Agent = "a", At = at };

    private static HistoryEvent Gone(long at) => new() { Kind = HistoryKind.AgentGone, Agent = "a", At = at };

    private static HistoryEvent Observed(long at, CaptureState state, CaptureFailure failure = CaptureFailure.None) => new()
    {
        Kind = HistoryKind.Observed, Campaign = Campaign, Capture = Capture, State = state, Failure = failure, At = at,
    };

    private static HistoryEvent Settled(int count) => new() { Kind = HistoryKind.Settled, Service = "s", Count = count, Text = "process 7", At = 4_000 };

    private static HistoryEvent Bound(int count) => new() { Kind = HistoryKind.Bound, Service = "s", Count = count };

    private static HistoryEvent Audited(string action, string target) => new() { Kind = HistoryKind.Audited, Operation = action, Text = target, At = 9_998 };

    private static HistoryEvent Final(long at) => new() { Kind = HistoryKind.Final, At = at };
}

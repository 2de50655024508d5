using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Faults.Checking;
using FleetProf.Faults.History;

namespace FleetProf.Faults.Tests.Checking;

/// <summary>A history in which all is well, and histories that break each invariant once.</summary>
public sealed class HistoryCheckerTests
{
    private const string Campaign = "c1";
    private const string Capture = "c1-0000";
    private const string Second = "c1-0001";
    private const string Sha = "aa";

    [Fact]
    public void Check_NothingHappened_IsNoViolation() => Assert.Empty(HistoryChecker.Check([]));

    [Fact]
    public void Check_HistoryInWhichAllIsWell_IsNoViolation() => Assert.Empty(HistoryChecker.Check(Well()));

    [Theory]
    [InlineData(CaptureFailure.AgentLost)]
    [InlineData(CaptureFailure.TimedOut)]
    public void Check_CaptureThatFailedBeforeItsUpload_IsNoViolation(CaptureFailure failure) => Assert.Empty(HistoryChecker.Check(
        [Bound(1), Created(0), Started(10), Gone(20), Observed(5_000, CaptureState.Failed, failure), Settled(1), .. End()]));

    [Fact]
    public void Check_AcknowledgedCampaignThatIsUnknown_IsLost() => AssertOne(Invariant.I1NothingLost, [.. Well(), new() { Kind = HistoryKind.Missing, Campaign = Campaign, At = 9_500 }]);

    [Fact]
    public void Check_AcknowledgedCampaignThatWasNeverSeen_IsLost() => AssertOne(
        Invariant.I1NothingLost, [.. Well()[..^1], Created(9_000, "c2", deadlineMs: 60_000), Audited("campaign.create", "c2"), Final()]);

    [Fact]
    public void Check_CampaignThatNobodyLookedAtAgain_IsLost() => AssertOne(Invariant.I1NothingLost, [.. Well().Where(line => line.Kind != HistoryKind.Looked)]);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Check_CampaignWithAnotherNumberOfCapturesAtTheEnd_IsLost(int captures) => AssertOne(
        Invariant.I1NothingLost, [.. Well().Select(line => line.Kind == HistoryKind.Looked ? line with { Count = captures } : line)]);

    [Fact]
    public void Check_ReadyCaptureThatIsAnotherAtTheEnd_IsLost()
    {
        var history = Well();
        history.Insert(history.FindIndex(line => line.Kind == HistoryKind.Looked), Observed(9_992, CaptureState.Failed, CaptureFailure.AgentLost));

        AssertOne(Invariant.I1NothingLost, history);
    }

    /// <summary>Its row is still ready: what the campaign itself says is noted before that.</summary>
    [Fact]
    public void Check_CampaignThatRunsAgainAtTheEnd_IsLost()
    {
        var history = Well();
        var looked = history.FindIndex(line => line.Kind == HistoryKind.Looked);
        history[looked] = history[looked] with { CampaignState = CampaignState.Running };
        history.Insert(looked - 1, Observed(9_992, CaptureState.Running));

        Assert.Equal([Invariant.I1NothingLost, Invariant.I3EndsInTime], HistoryChecker.Check(history).Select(violation => violation.Invariant));
    }

    /// <summary>It could be fetched before, and cannot at the end.</summary>
    [Fact]
    public void Check_ReadyCaptureThatCannotBeFetchedAgain_IsLost()
    {
        var history = Well();
        history.RemoveAt(history.FindLastIndex(line => line.Kind == HistoryKind.Stored));

        AssertOne(Invariant.I1NothingLost, history);
    }

    [Fact]
    public void Check_ReadyCaptureWhoseFilesWereRemoved_NeedsNotBeFetchedAgain()
    {
        var history = Well();
        history.RemoveAt(history.FindLastIndex(line => line.Kind == HistoryKind.Stored));
        var last = history.FindLastIndex(line => line.Kind == HistoryKind.Observed);
        history[last] = history[last] with { Operation = HistoryChecker.Removed };

        Assert.Empty(HistoryChecker.Check(history));
    }

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

    /// <summary>For example by an agent that comes back after the deadline.</summary>
    [Fact]
    public void Check_CaptureThatFailsOnceMoreForAnotherReason_IsFound() => AssertOne(
        Invariant.I1NothingLost, [Created(0), Observed(100, CaptureState.Failed, CaptureFailure.Expired), Observed(200, CaptureState.Failed, CaptureFailure.AgentLost), .. End()]);

    [Fact]
    public void Check_AnalysisThatFailed_IsNotLost() => Assert.Empty(HistoryChecker.Check(
        [Created(0), Observed(100, CaptureState.Analysing), Observed(200, CaptureState.Failed, CaptureFailure.AnalysisFailed), .. End()]));

    [Fact]
    public void Check_ReadyCaptureThatNobodyCouldFetch_IsLost() => AssertOne(Invariant.I1NothingLost, [.. Well().Where(line => line.Kind != HistoryKind.Stored)]);

    [Fact]
    public void Check_AttemptStartedTwice_IsFoundEvenWhereTheAgentIsAnother() => AssertOne(Invariant.I2StartedOnce, [.. Well()[..^1], Started(9_995, agent: "copy"), Ended(9_996), Final()]);

    [Fact]
    public void Check_AnotherAttemptOfACapture_IsNoSecondStart()
    {
        var history = Well().ConvertAll(line => line.Attempt is null ? line : line with { Attempt = 2 });
        history.InsertRange(history.FindIndex(line => line.Kind == HistoryKind.Started), [Started(6), Ended(8)]);

        Assert.Empty(HistoryChecker.Check(history));
    }

    /// <summary>A silo stores an attempt before it orders it.</summary>
    [Fact]
    public void Check_AttemptThatTheCatalogDoesNotKnow_IsFound() => AssertOne(Invariant.I2StartedOnce, [.. Well()[..^1], Started(9_995, attempt: 2), Ended(9_996, attempt: 2), Final()]);

    [Fact]
    public void Check_StartOfACaptureThatNobodyKnows_IsFound() => AssertOne(Invariant.I2StartedOnce, [.. Well()[..^1], .. Unasked(), Final()]);

    /// <summary>It may have been taken all the same, and nobody looks at it; one that was refused was not.</summary>
    [Fact]
    public void Check_StartOfACampaignThatWasAskedForAndNeverAnswered_IsNoViolation()
    {
        List<HistoryEvent> asked = [Invoked("k1"), .. Well()[..^1], Invoked("k2"), Unanswered("no answer"), Invoked("k2"), Unanswered("no answer"), .. Unasked(), Final()];

        Assert.Empty(HistoryChecker.Check(asked));
        asked.Insert(asked.Count - 1, Unanswered($"selector.services: {HistoryChecker.NothingToDraw} of it"));
        AssertOne(Invariant.I2StartedOnce, asked);
    }

    [Fact]
    public void Check_OverLongAfterTheDeadline_IsLate()
    {
        const long late = 60_000 + HistoryChecker.GraceMs + HistoryChecker.SeenLateMs + 1;

        AssertOne(Invariant.I3EndsInTime, [Created(0), Observed(100, CaptureState.Pending), Observed(late, CaptureState.Failed, CaptureFailure.TimedOut), .. End(late + 1)]);
        Assert.Empty(HistoryChecker.Check([Created(0), Observed(100, CaptureState.Pending), Observed(late - 1, CaptureState.Failed, CaptureFailure.TimedOut), .. End(late + 1)]));
    }

    /// <summary>The portal was away when it ended.</summary>
    [Fact]
    public void Check_EndedInTimeAndSeenLate_IsNotLate() => Assert.Empty(HistoryChecker.Check(
        [Created(0), Observed(500_000, CaptureState.Failed, CaptureFailure.AgentLost) with { EndedAt = 61_000 }, .. End(500_001)]));

    [Fact]
    public void Check_NotOverAtTheEnd_IsLate() => AssertOne(Invariant.I3EndsInTime, [Created(0), Observed(100, CaptureState.Running), .. End()]);

    [Theory]
    [InlineData("bb")]
    [InlineData("")]
    public void Check_OtherBytesThanTheAgentRecorded_AreFound(string stored)
    {
        var history = Well();
        var first = history.FindIndex(line => line.Kind == HistoryKind.Stored);
        history[first] = history[first] with { Sha256 = stored };

        AssertOne(Invariant.I4SameBytes, history);
    }

    [Fact]
    public void Check_MoreAtOnceThanAllowed_IsFoundOnce() => AssertOne(Invariant.I5WithinBounds,
        [Bound(1), Started(10), Started(100, "c2-0000"), Settled(1), Settled(1) with { At = 5_000 }, Settled(1) with { At = 6_000 }]);

    [Fact]
    public void Check_EndHeardOfALittleLate_IsWithinBounds() => Assert.Empty(HistoryChecker.Check(
        [Bound(1), Started(10), Started(100, "c2-0000"), Ended(100 + HistoryChecker.SeenLateMs), Ended(9_000, "c2-0000")]));

    /// <summary>For a moment only: while it records there is no doubt.</summary>
    [Fact]
    public void Check_AnotherBeginsWhileOneRecords_IsFoundHoweverShortly() => AssertOne(Invariant.I5WithinBounds, [.. Recorded(anotherAt: 3_009), Settled(1)]);

    /// <summary>What an agent says last is that its upload arrived; its place is free before that.</summary>
    [Theory]
    [InlineData(3_010)]
    [InlineData(3_500)]
    public void Check_AnotherBeginsWhenOneHasRecorded_IsWithinBounds(long at) => Assert.Empty(HistoryChecker.Check([.. Recorded(at), Settled(1)]));

    [Fact]
    public void Check_AnotherBeginsWhenOneWasCutShort_IsWithinBounds() => Assert.Empty(HistoryChecker.Check(
        [Bound(1), Created(0), Started(10), Observed(1_000, CaptureState.Analysing), Started(1_100, "c2-0000"), Ended(1_200), Ended(5_000, "c2-0000"), Settled(1)]));

    /// <summary>Nobody knows when it had recorded: its place is free once it was uploaded, which is seen and heard of later.</summary>
    [Fact]
    public void Check_AnotherBeginsWhenASnapshotWasTaken_IsWithinBounds() => Assert.Empty(HistoryChecker.Check([.. Snapshot(anotherAt: 4_100), Settled(1)]));

    [Fact]
    public void Check_AnotherBeginsWhileASnapshotStopsItsProcess_IsFound() => AssertOne(Invariant.I5WithinBounds, [.. Snapshot(anotherAt: 800), Settled(1)]);

    [Fact]
    public void Check_CapturesOfAKilledAgent_TakeNoPlace() => Assert.Empty(HistoryChecker.Check(
        [Bound(1), Started(10), Gone(50), Started(100, "c2-0000"), Ended(9_000, "c2-0000"), Settled(1) with { At = 9_500 }]));

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Check_TargetWithAnotherNumberOfSessionsThanItsVitals_IsFound(int sessions) => AssertOne(Invariant.I6NoSessionLeft, [Settled(sessions)]);

    [Fact]
    public void Check_SessionsOfAKilledAgent_AreGoneInTime()
    {
        const long inTime = 100 + SessionReleases.LimitMs + HistoryChecker.SeenLateMs;

        Assert.Empty(HistoryChecker.Check([Gone(100), Released(inTime, sessions: 0)]));
        AssertOne(Invariant.I6NoSessionLeft, [Gone(100), Released(inTime + 1, sessions: 0)]);
        AssertOne(Invariant.I6NoSessionLeft, [Gone(100), Released(200, sessions: 1)]);
        Assert.Equal("50 100", string.Join(' ', SessionReleases.Times([Gone(100), Released(200, sessions: 0), Gone(900), Released(950, sessions: 0), Gone(1_000), Released(1_010, sessions: 2)])));
    }

    [Fact]
    public void Check_ActionThatIsNotInTheAuditLog_IsFound() => AssertOne(
        Invariant.I7Audited, [.. Well().Select(line => line is { Kind: HistoryKind.Audited, Operation: "campaign.create" } ? line with { Text = "other" } : line)]);

    [Fact]
    public void Check_ActionThatIsAuditedAsAnythingButAllowed_IsFound() => AssertOne(
        Invariant.I7Audited, [.. Well().Select(line => line is { Kind: HistoryKind.Audited, Operation: "campaign.create" } ? line with { Decision = AuditDecision.Failed } : line)]);

    [Fact]
    public void Check_RefusalThatIsNotAuditedAsDenied_IsFound()
    {
        HistoryEvent refused = new() { Kind = HistoryKind.Denied, Text = "/api/v1/tokens/7/revoke", At = 9_995 };
        var row = Audited("POST /api/v1/tokens/{credentialId}/revoke", "/api/v1/tokens/7/revoke");

        AssertOne(Invariant.I7Audited, [.. Well()[..^1], refused, Final()]);
        AssertOne(Invariant.I7Audited, [.. Well()[..^1], refused, row, Final()]);
        Assert.Empty(HistoryChecker.Check([.. Well()[..^1], refused, row with { Decision = AuditDecision.Denied }, Final()]));
    }

    [Fact]
    public void Check_ReadThatIsAuditedUnderAnotherTarget_IsFound()
    {
        HistoryEvent fetched = new() { Kind = HistoryKind.Acknowledged, Operation = "artifact.download", Capture = Capture, Text = $"{Capture}/original.nettrace", At = 9_995 };

        AssertOne(Invariant.I7Audited, [.. Well()[..^1], fetched, Audited("artifact.download", "c2-0000/original.nettrace"), Final()]);
        Assert.Empty(HistoryChecker.Check([.. Well()[..^1], fetched, Audited("artifact.download", $"{Capture}/original.nettrace"), Final()]));
    }

    [Fact]
    public void Check_ReadThatIsAuditedLessOftenThanAnswered_IsFound()
    {
        HistoryEvent fetched = new() { Kind = HistoryKind.Acknowledged, Operation = "artifact.download", Capture = Capture, Text = $"{Capture}/original.nettrace", At = 9_995 };
        var row = Audited("artifact.download", $"{Capture}/original.nettrace");

        AssertOne(Invariant.I7Audited, [.. Well()[..^1], fetched, fetched, row, Final()]);
        Assert.Empty(HistoryChecker.Check([.. Well()[..^1], fetched, fetched, row, row, row, Final()]));
    }

    [Fact]
    public void Check_ReadOfResultsThatIsNotAudited_IsFoundAndOneThatNobodyHereMadeIsNot()
    {
        HistoryEvent read = new() { Kind = HistoryKind.Acknowledged, Operation = "artifact.read", Text = Campaign, At = 9_995 };

        AssertOne(Invariant.I7Audited, [.. Well()[..^1], read, Audited("artifact.read", Capture), Final()]);
        Assert.Empty(HistoryChecker.Check([.. Well()[..^1], read, Audited("artifact.read", Campaign), Audited("artifact.read", Capture), Final()]));
    }

    [Fact]
    public void Check_WithoutRowsOfTheAuditLog_IsNotTakenForWell() => AssertOne(Invariant.I7Audited, [.. Pair().Where(line => line.Kind != HistoryKind.Audited)]);

    [Fact]
    public void Check_WithoutWordsOfAgents_IsNotTakenForWell() => AssertOnly(
        Invariant.I2StartedOnce, 2, [.. Pair().Where(line => line.Kind is not (HistoryKind.Started or HistoryKind.Ended))]);

    [Fact]
    public void Check_WithoutHashes_IsNotTakenForWell() => AssertOnly(
        Invariant.I4SameBytes, 2, [.. Pair().Select(line => line with { Sha256 = null })]);

    [Fact]
    public void Check_WithoutEverySecondCapture_IsNotTakenForWell() => AssertOne(Invariant.I1NothingLost, [.. Pair().Where(line => line.Capture != Second)]);

    /// <summary>Before the end: then it counts as well that nobody knows the doubles.</summary>
    [Fact]
    public void Check_WithEveryCaptureDoubledForItsWholeLife_ExceedsTheBound() => AssertOnly(
        Invariant.I5WithinBounds, 2, [.. Pair()[..^1].SelectMany(line => line.Kind is HistoryKind.Started or HistoryKind.Ended ? new[] { line, line with { Capture = $"twin-of-{line.Capture}" } } : [line])]);

    [Fact]
    public void Check_TwoCapturesOfOneServiceAfterEachOther_IsNoViolation() => Assert.Empty(HistoryChecker.Check(Pair()));

    /// <summary>One campaign from its order to its stored bytes, which are fetched once more at the end.</summary>
    private static List<HistoryEvent> Well() =>
    [
        Bound(1), Created(0), Observed(5, CaptureState.Pending), Started(10), Observed(20, CaptureState.Running), Ended(2_000), Observed(2_100, CaptureState.Analysing),
        Observed(3_000, CaptureState.Ready) with { Sha256 = Sha, EndedAt = 2_900 }, Stored(3_100), Settled(1), .. LastLook(), Stored(9_994), Audited("campaign.create", Campaign), Final(),
    ];

    /// <summary>One campaign of two captures that take their turns.</summary>
    private static List<HistoryEvent> Pair() =>
    [
        Bound(1), Created(0), Started(10), Ended(3_500), Started(3_600, Second), Ended(7_100, Second), Settled(1) with { At = 8_000 },
        .. new[] { Capture, Second }.Select(capture => Observed(9_000, CaptureState.Ready) with { Capture = capture, Sha256 = Sha, Count = 2 }), new() { Kind = HistoryKind.Looked, Campaign = Campaign, Count = 2, At = 9_993 },
        Stored(9_994), Stored(9_994) with { Capture = Second }, Audited("campaign.create", Campaign), Final(),
    ];

    /// <summary>A capture that was to record for three seconds and was stored, and another that begins at this time.</summary>
    private static List<HistoryEvent> Recorded(long anotherAt) =>
        [Bound(1), Created(0), Started(10), Started(anotherAt, "c2-0000"), Observed(4_000, CaptureState.Analysing), Ended(6_000), Ended(8_000, "c2-0000")];

    /// <summary>A heap snapshot that stopped its process for 900 ms and was stored, and another capture that begins at this time.</summary>
    private static List<HistoryEvent> Snapshot(long anotherAt) =>
    [
        Bound(1), Created(0) with { CaptureKind = CaptureKind.Gcdump, RecordingMs = 0 }, Started(10), Started(anotherAt, "c2-0000"),
        Observed(8_000, CaptureState.Analysing), Observed(8_500, CaptureState.Ready) with { RecordingMs = 900 }, Ended(9_000), Ended(9_500, "c2-0000"),
    ];

    /// <summary>A capture of a campaign that nobody has heard of.</summary>
    private static IEnumerable<HistoryEvent> Unasked() => [Started(9_995, "c9-0000"), Ended(9_996, "c9-0000")];

    private static IEnumerable<HistoryEvent> LastLook() => [Observed(9_993, CaptureState.Ready) with { Sha256 = Sha, EndedAt = 2_900 }, new() { Kind = HistoryKind.Looked, Campaign = Campaign, Count = 1, At = 9_993 }];

    /// <summary>Of a history without a ready capture.</summary>
    private static IEnumerable<HistoryEvent> End(long at = 9_999) => [new() { Kind = HistoryKind.Looked, Campaign = Campaign, Count = 1, At = at }, Audited("campaign.create", Campaign) with { At = at }, Final() with { At = at }];

    private static void AssertOne(Invariant invariant, IReadOnlyList<HistoryEvent> history) => Assert.Equal(invariant, Assert.Single(HistoryChecker.Check(history)).Invariant);

    private static void AssertOnly(Invariant invariant, int times, IReadOnlyList<HistoryEvent> history) => Assert.Equal(Enumerable.Repeat(invariant, times), HistoryChecker.Check(history).Select(violation => violation.Invariant));

    private static HistoryEvent Created(long at, string campaign = Campaign, long deadlineMs = 60_000) => new()
    {
        Kind = HistoryKind.Acknowledged, Operation = "campaign.create", Campaign = campaign, DeadlineMs = deadlineMs, RecordingMs = 3_000, At = at,
    };

    private static HistoryEvent Invoked(string key) => new() { Kind = HistoryKind.Invoked, Operation = "campaign.create", Text = key };

    private static HistoryEvent Unanswered(string text) => new() { Kind = HistoryKind.Unanswered, Operation = "campaign.create", Text = text, At = 9_995 };

    private static HistoryEvent Started(long at, string capture = Capture, int attempt = 1, string agent = "a") => new() { Kind = HistoryKind.Started, Capture = capture, Attempt = attempt, Agent = agent, Service = "s", At = at };

    private static HistoryEvent Ended(long at, string capture = Capture, int attempt = 1) => new() { Kind = HistoryKind.Ended, Capture = capture, Attempt = attempt, Agent = "a", At = at };

    private static HistoryEvent Gone(long at) => new() { Kind = HistoryKind.AgentGone, Agent = "a", At = at };

    private static HistoryEvent Released(long at, int sessions) => new() { Kind = HistoryKind.Released, Agent = "a", Service = "s", Count = sessions, Text = "process 7", At = at };

    private static HistoryEvent Observed(long at, CaptureState state, CaptureFailure failure = CaptureFailure.None) => new()
    {
        Kind = HistoryKind.Observed, Campaign = Campaign, Capture = Capture, Attempt = 1, State = state, Failure = failure, Count = 1, At = at,
    };

    private static HistoryEvent Settled(int count) => new() { Kind = HistoryKind.Settled, Service = "s", Count = count, Text = "process 7", At = 4_000 };

    private static HistoryEvent Bound(int count) => new() { Kind = HistoryKind.Bound, Service = "s", Count = count };

    private static HistoryEvent Audited(string action, string target) => new() { Kind = HistoryKind.Audited, Operation = action, Text = target, Decision = AuditDecision.Allowed, At = 9_998 };

    private static HistoryEvent Stored(long at) => new() { Kind = HistoryKind.Stored, Campaign = Campaign, Capture = Capture, Sha256 = Sha, At = at };

    private static HistoryEvent Final() => new() { Kind = HistoryKind.Final, At = 9_999 };
}

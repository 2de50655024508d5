using FleetProf.Analysis.Campaigns;

namespace FleetProf.Analysis.Tests.Campaigns;

public sealed class ArmedTimeTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Theory]
    [InlineData(3_600, 10, 3_545)]
    [InlineData(130, 10, 75)]
    [InlineData(20, 10, 1)]
    [InlineData(-20, 10, 1)]
    public void Seconds_UntilADeadline_LeaveTimeForTheRecordingAndItsUpload(int deadlineSeconds, int durationSeconds, int expected) =>
        Assert.Equal(expected, ArmedTime.SecondsOf(Now, Now.AddSeconds(deadlineSeconds), durationSeconds));

    [Fact]
    public void LatestStart_BeforeADeadline_LeavesHalfAMinuteToWait() =>
        Assert.Equal(30, ArmedTime.SecondsOf(ArmedTime.LatestStart(Now, durationSeconds: 10), Now, durationSeconds: 10));
}

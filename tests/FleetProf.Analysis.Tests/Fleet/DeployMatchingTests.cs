using FleetProf.Analysis.Fleet;

namespace FleetProf.Analysis.Tests.Fleet;

public sealed class DeployMatchingTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddDays(20_000);

    private static readonly RecordedDeploy Seen = new("seen", Start, null, Start);
    private static readonly RecordedDeploy Announced = new("announced", Start, Start, null);

    [Theory]
    [InlineData(-59, "seen")]
    [InlineData(0, "seen")]
    [InlineData(60, "seen")]
    [InlineData(61, null)]
    [InlineData(-61, null)]
    public void OfAnnouncement_SeenWithinTheHour_IsTheSameRollout(int minutes, string? expected) =>
        Assert.Equal(expected, DeployMatching.OfAnnouncement([Seen], Start.AddMinutes(minutes))?.DeployId);

    [Fact]
    public void OfAnnouncement_SameStartAgain_IsTheSameDeploy()
    {
        Assert.Same(Announced, DeployMatching.OfAnnouncement([Seen, Announced], Start));
        Assert.Null(DeployMatching.OfAnnouncement([Announced], Start.AddSeconds(1)));
    }

    [Fact]
    public void OfAnnouncement_TwoSeen_TakesTheNearest()
    {
        var later = new RecordedDeploy("later", Start.AddMinutes(30), null, Start);

        Assert.Same(later, DeployMatching.OfAnnouncement([Seen, later], Start.AddMinutes(20)));
    }

    [Fact]
    public void OfFirstSighting_AnnouncedBefore_IsThatDeploy()
    {
        Assert.Same(Announced, DeployMatching.OfFirstSighting([Seen, Announced]));
        Assert.Null(DeployMatching.OfFirstSighting([Seen]));
    }
}

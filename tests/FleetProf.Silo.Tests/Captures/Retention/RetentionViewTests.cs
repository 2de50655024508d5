using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures.Retention;

namespace FleetProf.Silo.Tests.Captures.Retention;

public sealed class RetentionViewTests
{
    [Fact]
    public void Describe_MoreDueThanAreListed_CountsAll()
    {
        var captures = Enumerable.Range(0, 140).Select(Captured).ToList();

        var report = new RetentionView(captures, new HashSet<string>(), [.. captures.Take(130).Select(capture => (capture, RemovalReason.Age))]).ToReport();

        Assert.Equal((100, 130, 1_300L), (report.Due.Count, report.DueCount, report.DueBytes));
        Assert.Equal(10, report.Next.Count);
        Assert.Equal((100, 140), (report.Services.Count, report.ServiceCount));
    }

    /// <summary>Each of a service of its own.</summary>
    private static RetainedCapture Captured(int number) => new()
    {
        CaptureId = RetentionRig.IdOf(number),
        CampaignId = CaptureRig.CampaignId,
        Service = $"service{number}",
        Version = "1",
        InstanceId = "i1",
        Kind = CaptureKind.Trace,
        StartedAt = DateTimeOffset.UnixEpoch,
        ReceivedAt = DateTimeOffset.UnixEpoch,
        Bytes = 10,
        IsFinal = true,
    };
}

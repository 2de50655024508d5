using FleetProf.AgentProtocol;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Gateway;

namespace FleetProf.Silo.Tests.Gateway;

public sealed class FrameTests
{
    [Theory]
    [InlineData("", "", CaptureFailure.None, null)]
    [InlineData("TimedOut", "late", CaptureFailure.TimedOut, "late")]
    [InlineData("MeltedDown", "hot", CaptureFailure.InternalError, "MeltedDown: hot")]
    [InlineData("14", "x", CaptureFailure.InternalError, "14: x")]
    public void ToReport_Failure_IsOneOfTheContracts(string failure, string detail, CaptureFailure expected, string? expectedDetail)
    {
        var report = Frames.ToReport("agent1", new CaptureResult { CaptureId = "camp-0001", Attempt = uint.MaxValue, Failure = failure, Detail = detail });

        Assert.Equal((expected, expectedDetail, int.MaxValue), (report.Failure, report.Detail, report.Attempt));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1)]
    public void ToReport_HostileNumbersAndTexts_AreMadeHarmless(double stallMs)
    {
        var report = Frames.ToReport("agent1", new CaptureResult { CaptureId = "camp-0001", Attempt = 1, Failure = "TimedOut", Detail = "a\u001b[2Jb\nc", StallMs = stallMs, Bytes = -5 });
        var progress = Frames.ToReport("agent1", new CaptureProgress { CaptureId = "camp-0001", Attempt = 1, Bytes = -5 });
        var hello = Frames.ToHello(new Hello { AgentId = "agent1", AgentSecret = "0123456789abcdef", HostName = "web1\r\nAgent root attached" });

        Assert.Equal((0, 0, "a [2Jb c"), (report.StallMs, report.SizeBytes, report.Detail));
        Assert.Equal(0, progress.Bytes);
        Assert.Equal("web1  Agent root attached", hello.HostName);
    }
}

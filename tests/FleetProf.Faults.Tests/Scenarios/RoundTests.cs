using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Faults.Scenarios;

namespace FleetProf.Faults.Tests.Scenarios;

public sealed class RoundTests
{
    /// <summary>A snapshot's process is stopped while its agent still says that it attaches; a trace has recorded nothing then.</summary>
    [Theory]
    [InlineData(CaptureKind.Gcdump, CapturePhase.Attaching, true)]
    [InlineData(CaptureKind.Gcdump, CapturePhase.Collecting, true)]
    [InlineData(CaptureKind.Gcdump, CapturePhase.Queued, false)]
    [InlineData(CaptureKind.Gcdump, CapturePhase.Uploading, false)]
    [InlineData(CaptureKind.Trace, CapturePhase.Attaching, false)]
    [InlineData(CaptureKind.Trace, CapturePhase.Rundown, true)]
    public void MidCapture_OfAKindOfCapture_IsWhileItIsTaken(CaptureKind kind, CapturePhase phase, bool isIn) =>
        Assert.Equal(isIn, Round.IsIn(Running(kind, phase), Phase.MidCapture));

    [Fact]
    public void MidUploadAndFinalise_OfASnapshot_AreThoseOfATrace()
    {
        Assert.True(Round.IsIn(Running(CaptureKind.Gcdump, CapturePhase.Uploading), Phase.MidUpload));
        Assert.True(Round.IsIn(Running(CaptureKind.Gcdump, CapturePhase.Analysing) with { State = CaptureState.Analysing }, Phase.Finalise));
    }

    private static CampaignTarget Running(CaptureKind kind, CapturePhase phase) => new()
    {
        CaptureId = "c-0001", InstanceId = "i", Service = "service0", AgentId = "agent0", Kind = kind, InclusionProbability = 1, State = CaptureState.Running, Phase = phase,
    };
}

using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Operations;

namespace FleetProf.Portal.Tests.Operations;

public sealed class OperationTests
{
    [Theory]
    [InlineData(CampaignState.Running, "ready pending", nameof(OperationStatus.Running), null)]
    [InlineData(CampaignState.Scheduled, "", nameof(OperationStatus.Running), null)]
    [InlineData(CampaignState.Completed, "ready ready", nameof(OperationStatus.Succeeded), null)]
    [InlineData(CampaignState.Completed, "ready failed", nameof(OperationStatus.Succeeded), "partial")]
    [InlineData(CampaignState.Completed, "failed quarantined", nameof(OperationStatus.Failed), "partial")]
    [InlineData(CampaignState.Completed, "failed", nameof(OperationStatus.Failed), "processExited")]
    [InlineData(CampaignState.Stopped, "ready cancelled", nameof(OperationStatus.Cancelled), "partial")]
    [InlineData(CampaignState.Stopped, "analysing cancelled", nameof(OperationStatus.Running), null)]
    [InlineData(CampaignState.Expired, "ready failed", nameof(OperationStatus.Succeeded), "expired")]
    [InlineData(CampaignState.Expired, "failed failed", nameof(OperationStatus.Failed), "expired")]
    [InlineData(CampaignState.Expired, "analysing failed", nameof(OperationStatus.Running), null)]
    public void Operation_OfACampaign_TellsHowItStands(CampaignState state, string targets, string status, string? code)
    {
        var operation = Operation.Of(CampaignWith(state, targets.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

        Assert.Equal(status, operation.Status.ToString());
        Assert.Equal(code, operation.Error?.Code);
        Assert.Equal(state is CampaignState.Running or CampaignState.Scheduled, operation.IsStoppable);
    }

    [Fact]
    public void Error_OfASingleCapture_SaysWhatHappenedAndWhatNext()
    {
        var operation = Operation.Of(CampaignWith(CampaignState.Completed, ["failed"]));

        Assert.Equal("The target ended while it was being captured. (exit code 137) Capture another instance; a partial artifact, if any, is kept with this capture.", operation.Error!.Message);
        Assert.Equal("/api/v1/captures/c-0000", operation.ResourceLocation);
    }

    private static Campaign CampaignWith(CampaignState state, string[] targets) => new()
    {
        CampaignId = "c",
        Spec = new() { Selector = new(), Kinds = [CaptureKind.Trace] },
        State = state,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Targets =
        [
            .. targets.Select((target, i) => new CampaignTarget
            {
                CaptureId = CaptureId.Of("c", i),
                InstanceId = "i",
                Service = "s",
                AgentId = "a",
                Kind = CaptureKind.Trace,
                InclusionProbability = 1,
                State = Enum.Parse<CaptureState>(target, ignoreCase: true),
                Failure = target is "failed" ? CaptureFailure.ProcessExited : CaptureFailure.None,
                Detail = target is "failed" ? "exit code 137" : null,
            }),
        ],
    };
}

using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Faults.Scenarios;

namespace FleetProf.Faults.Tests.Scenarios;

public sealed class CampaignWatchTests
{
    /// <summary>What the campaign says is noted besides, for the checker to find that it goes back.</summary>
    [Theory]
    [InlineData(CaptureState.Running, CaptureFailure.None)]
    [InlineData(CaptureState.Failed, CaptureFailure.AgentLost)]
    public void Row_ThatSaysSomethingElseThanItsCampaign_DoesNotHideIt(CaptureState state, CaptureFailure failure)
    {
        var target = Target(state, failure);

        Assert.Same(target, CampaignWatch.AgainstRow(target, Row(CaptureState.Ready)));
    }

    [Fact]
    public void Row_ThatSaysTheSameAsItsCampaignOrIsNotThere_IsAllThatIsNoted()
    {
        var target = Target(CaptureState.Ready, CaptureFailure.None);

        Assert.Null(CampaignWatch.AgainstRow(target, Row(CaptureState.Ready)));
        Assert.Null(CampaignWatch.AgainstRow(target, null));
    }

    /// <summary>A table that a kind does not fill is nothing to read, and nothing that must be in the log.</summary>
    [Theory]
    [InlineData(CaptureKind.Trace, "cpuMethods")]
    [InlineData(CaptureKind.Gcdump, "heapTypes")]
    public void Table_OfACampaignsKind_IsOneThatItFills(CaptureKind kind, string table) => Assert.Equal(table, CampaignWatch.TableOf(kind));

    private static CampaignTarget Target(CaptureState state, CaptureFailure failure) => new()
    {
        CaptureId = "c1-0000", InstanceId = "i", Service = "service0", AgentId = "agent0", Kind = CaptureKind.Trace, InclusionProbability = 1, State = state, Failure = failure,
    };

    private static Capture Row(CaptureState state) => new() { CaptureId = "c1-0000", CampaignId = "c1", InstanceId = "i", Service = "service0", Kind = CaptureKind.Trace, State = state };
}

using FleetProf.Faults.History;
using FleetProf.Faults.Scenarios;

namespace FleetProf.Faults.Tests.Scenarios;

public sealed class DeadLinkTests
{
    private const string Agent = "agent0";
    private const long Since = 1_000;

    [Fact]
    public void Link_OfAnAgentThatLosesItsSilo_WasNoticed() =>
        Assert.True(DeadLink.WasNoticed([Line(HistoryKind.Started, 900), Line(HistoryKind.Lost, 1_000), Line(HistoryKind.Ended, 1_100)], Agent, Since));

    /// <summary>What was lost before, or by another agent, proves nothing of this link.</summary>
    [Fact]
    public void Link_ThatNobodyNoticedToBeDead_IsReported() =>
        Assert.False(DeadLink.WasNoticed([Line(HistoryKind.Lost, 900), Line(HistoryKind.Refused, 1_000), Line(HistoryKind.Lost, 1_100, "agent1")], Agent, Since));

    private static HistoryEvent Line(HistoryKind kind, long at, string agent = Agent) => new() { Kind = kind, At = at, Agent = agent };
}

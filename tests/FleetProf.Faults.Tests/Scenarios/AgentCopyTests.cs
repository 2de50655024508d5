using FleetProf.Faults.History;
using FleetProf.Faults.Scenarios;

namespace FleetProf.Faults.Tests.Scenarios;

public sealed class AgentCopyTests
{
    private const long Since = 1_000;

    [Fact]
    public void Copy_OfWhichOneIsTurnedAway_WasAFault() =>
        Assert.True(AgentCopy.WasRefused([Line(HistoryKind.Started, 900), Line(HistoryKind.Refused, 1_000), Line(HistoryKind.Ended, 1_100)], Since));

    /// <summary>A refusal of an earlier round proves nothing of this one.</summary>
    [Fact]
    public void Copy_OfWhichNoneIsTurnedAway_WasNone() =>
        Assert.False(AgentCopy.WasRefused([Line(HistoryKind.Refused, 900), Line(HistoryKind.Started, 1_000), Line(HistoryKind.Denied, 1_100)], Since));

    private static HistoryEvent Line(HistoryKind kind, long at) => new() { Kind = kind, At = at, Agent = "agent0" };
}

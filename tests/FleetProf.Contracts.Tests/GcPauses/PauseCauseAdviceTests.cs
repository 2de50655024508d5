using FleetProf.Contracts.GcPauses;

namespace FleetProf.Contracts.Tests.GcPauses;

public sealed class PauseCauseAdviceTests
{
    public static TheoryData<PauseCause> Causes => [.. Enum.GetValues<PauseCause>()];

    [Theory]
    [MemberData(nameof(Causes))]
    public void Advice_OfEveryCause_IsItsOwnSentences(PauseCause cause)
    {
        Assert.EndsWith(".", PauseCauseAdvice.Explain(cause), StringComparison.Ordinal);
        Assert.EndsWith(".", PauseCauseAdvice.NextStep(cause), StringComparison.Ordinal);
        Assert.All(Enum.GetValues<PauseCause>().Where(other => other != cause), other =>
        {
            Assert.NotEqual(PauseCauseAdvice.NameOf(other), PauseCauseAdvice.NameOf(cause));
            Assert.NotEqual(PauseCauseAdvice.Explain(other), PauseCauseAdvice.Explain(cause));
        });
    }

    [Fact]
    public void Advice_OfACauseOfANewerPeer_SaysSo() => Assert.Contains("newer", PauseCauseAdvice.Explain((PauseCause)31), StringComparison.Ordinal);

    /// <summary>Two vocabularies with the same numbers: agents send one, the silo answers with the other.</summary>
    [Fact]
    public void Causes_OfContractsAndProtocol_HaveTheSameNumbers() => Assert.Equal(
        Enum.GetValues<AgentProtocol.PauseCause>().Select(cause => ((int)cause, cause == AgentProtocol.PauseCause.Unspecified ? "Unknown" : cause.ToString())),
        Enum.GetValues<PauseCause>().Select(cause => ((int)cause, cause.ToString())));
}

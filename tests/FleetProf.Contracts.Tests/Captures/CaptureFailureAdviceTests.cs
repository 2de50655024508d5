using FleetProf.AgentProtocol;
using FleetProf.Contracts.Captures;

namespace FleetProf.Contracts.Tests.Captures;

public sealed class CaptureFailureAdviceTests
{
    public static TheoryData<CaptureFailure> Failures => [.. Enum.GetValues<CaptureFailure>()];

    [Theory]
    [MemberData(nameof(Failures))]
    public void Advice_OfEveryFailure_IsItsOwnSentences(CaptureFailure failure)
    {
        Assert.EndsWith(".", CaptureFailureAdvice.Explain(failure), StringComparison.Ordinal);
        Assert.EndsWith(".", CaptureFailureAdvice.NextStep(failure), StringComparison.Ordinal);
        Assert.NotEqual(CaptureFailureAdvice.Explain((CaptureFailure)999), CaptureFailureAdvice.Explain(failure));
    }

    /// <summary>Both also end what was recording: at the deadline, or when nothing was heard of it any more.</summary>
    [Fact]
    public void Explain_OfWhatMayHaveBegun_DoesNotSayThatItDidNot()
    {
        Assert.DoesNotContain("did not start", CaptureFailureAdvice.Explain(CaptureFailure.Expired), StringComparison.Ordinal);
        Assert.Contains("agent", CaptureFailureAdvice.Explain(CaptureFailure.TimedOut), StringComparison.Ordinal);
    }

    [Fact]
    public void Advice_OfAFailureOfANewerPeer_SaysSo() => Assert.Contains("newer", CaptureFailureAdvice.Explain((CaptureFailure)999), StringComparison.Ordinal);

    /// <summary>Two vocabularies with the same numbers: the gateway casts between them.</summary>
    [Fact]
    public void Enums_OfContractsAndProtocol_HaveTheSameNumbers()
    {
        AssertSame<Contracts.Fleet.InstanceProblem, InstanceProblem>();
        AssertSame<Contracts.Fleet.AgentRefusal, Refusal.Types.Reason>(("None", "Unspecified"));
    }

    private static void AssertSame<TContract, TProtocol>(params (string Contract, string Protocol)[] renamed)
        where TContract : struct, Enum
        where TProtocol : struct, Enum
    {
        var contract = Enum.GetValues<TContract>().Select(value => (Convert.ToInt32(value, null), value.ToString()));
        var protocol = Enum.GetValues<TProtocol>().Select(value => (Convert.ToInt32(value, null), renamed.FirstOrDefault(pair => pair.Protocol == value.ToString()).Contract ?? value.ToString()));
        Assert.Equal(contract, protocol);
    }
}

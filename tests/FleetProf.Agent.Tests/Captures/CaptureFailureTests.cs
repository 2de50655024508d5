using FleetProf.Agent.Captures;
using FleetProf.Agent.Collectors.DotNet;

namespace FleetProf.Agent.Tests.Captures;

public class CaptureFailureTests
{
    [Fact]
    public void Names_OfTheAgent_AreAllKnownToTheContracts() =>
        Assert.Empty(Enum.GetNames<CaptureFailure>().Except(Enum.GetNames<FleetProf.Contracts.Captures.CaptureFailure>()));

    [Fact]
    public void Names_OfTheDiagnosticPort_AreAllCaptureFailures() =>
        Assert.Empty(Enum.GetNames<DiagnosticFailure>().Except(Enum.GetNames<CaptureFailure>()));
}

using FleetProf.Silo.Hosting;
using FleetProf.Silo.Storage;
using Microsoft.AspNetCore.Connections;
using Orleans.Runtime.MembershipService;

namespace FleetProf.Silo.Tests.Hosting;

public sealed class StartupProblemsTests
{
    /// <summary>In the words of Orleans.</summary>
    [Fact]
    public void OfStart_OtherSiloDoesNotAnswer_NamesItAndSaysThatItPasses()
    {
        var problem = StartupProblems.OfStart(new OrleansClusterConnectivityCheckFailedException(
            "Failed to get ping responses from 1 of 2 active silos. Newly joining silos validate connectivity with all active silos before joining the cluster. "
            + "Successfully contacted: [S10.0.0.3:11111:147]. Failed to get response from: [S10.0.0.2:11111:146]"));

        Assert.StartsWith("Another silo does not answer (S10.0.0.2:11111:146). One that was killed is given up within a minute", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void OfStart_DatabaseIsAway_SaysWhatTheCatalogSays()
    {
        var away = new CatalogException("PostgreSQL fleetprof at db.internal does not answer.");

        Assert.Equal(away.Message, StartupProblems.OfStart(away));
        Assert.Equal(away.Message, StartupProblems.OfStart(new OrleansException("Silo S10.0.0.2:11111:146 failed to update its status to Joining.", away)));
    }

    [Fact]
    public void OfStart_PortTakenMeanwhile_SaysThatItPasses() =>
        Assert.Contains("Start the silo again", StartupProblems.OfStart(new AddressInUseException("Address already in use")), StringComparison.Ordinal);

    [Fact]
    public void OfStart_FaultOfOurs_IsNone() => Assert.Null(StartupProblems.OfStart(new InvalidOperationException("A fault.")));
}

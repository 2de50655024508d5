using FleetProf.Portal.Tests.FakeFleet;

[assembly: AssemblyFixture(typeof(PortalFixture))]

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>One made-up fleet with one portal for all tests that only read, or change what is theirs alone.</summary>
public sealed class PortalFixture : IAsyncLifetime
{
    internal FakeSilo Silo { get; private set; } = null!;

    internal PortalUnderTest Portal { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Silo = await FakeSilo.StartAsync(new FakeWorld(TimeProvider.System));

        // All tests come from one address and most by one session; limits have tests and portals of their own.
        Portal = await PortalUnderTest.StartAsync(Silo, 0, "--FleetProf:Portal:LoginAttemptsPerMinute=1000", "--FleetProf:Portal:ApiRequestsPerSecond=10000");
    }

    public async ValueTask DisposeAsync()
    {
        await Portal.DisposeAsync();
        await Silo.DisposeAsync();
    }
}

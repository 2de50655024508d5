namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>A made-up fleet with a portal for the tests of one class, which change what others would see. What one of them changes stays for the next.</summary>
public sealed class OwnFleet : IAsyncLifetime
{
    internal FakeSilo Silo { get; private set; } = null!;

    internal PortalUnderTest Portal { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Silo = await FakeSilo.StartAsync(new FakeWorld(TimeProvider.System));
        Portal = await PortalUnderTest.StartAsync(Silo, 0, "--FleetProf:Portal:ApiRequestsPerSecond=10000");
    }

    public async ValueTask DisposeAsync()
    {
        await Portal.DisposeAsync();
        await Silo.DisposeAsync();
    }
}

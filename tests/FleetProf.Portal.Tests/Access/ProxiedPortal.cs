using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.Access;

/// <summary>One portal that trusts the proxy at 127.0.0.2, for the tests that need nothing else of it.</summary>
public sealed class ProxiedPortal(PortalFixture fixture) : IAsyncLifetime
{
    internal const string Trusting = "--FleetProf:Portal:TrustedProxies=127.0.0.2,10.0.0.0/24";

    internal PortalUnderTest Portal { get; private set; } = null!;

    // All tests log in here within a minute, some of them from one address.
    public async ValueTask InitializeAsync() => Portal = await PortalUnderTest.StartAsync(fixture.Silo, 0, Trusting, "--FleetProf:Portal:LoginAttemptsPerMinute=1000");

    public ValueTask DisposeAsync() => Portal.DisposeAsync();
}

using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.Access;

/// <summary>An identity provider in this process, and a portal that people log in to by it.</summary>
public sealed class ProvidedPortal(PortalFixture fixture) : IAsyncLifetime
{
    internal IdentityProvider Provider { get; private set; } = null!;

    internal PortalUnderTest Portal { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Provider = await IdentityProvider.StartAsync();
        Portal = await PortalUnderTest.StartAsync(
            fixture.Silo, 0, "--FleetProf:Portal:LoginAttemptsPerMinute=1000", $"--FleetProf:Portal:Oidc:Authority={Provider.Url}",
            "--FleetProf:Portal:Oidc:Groups:0:Name=watchers", "--FleetProf:Portal:Oidc:Groups:0:Role=Viewer", "--FleetProf:Portal:Oidc:Groups:1:Name=shop", "--FleetProf:Portal:Oidc:Groups:1:Role=Operator",
            "--FleetProf:Portal:Oidc:Groups:1:Services:0=checkout");
    }

    public async ValueTask DisposeAsync()
    {
        await Portal.DisposeAsync();
        await Provider.DisposeAsync();
    }
}

using FleetProf.Portal.Access;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Portal.Tests.Access;

public sealed class TokenVerifierTests(PortalFixture fixture)
{
    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verify_RevokedToken_WorksNoLongerThanTheCacheRemembers()
    {
        var tokens = Create();
        var name = nameof(Verify_RevokedToken_WorksNoLongerThanTheCacheRemembers);
        fixture.Silo.World.Tokens[name] = "fpp_revoked";
        Assert.Equal(name, (await tokens.VerifyAsync("fpp_revoked", "", Cancel))?.Name);

        fixture.Silo.World.Tokens.Remove(name, out _);
        _clock.Advance(TokenVerifier.AcceptedFor - TimeSpan.FromTicks(1));
        Assert.NotNull(await tokens.VerifyAsync("fpp_revoked", "", Cancel));
        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.Null(await tokens.VerifyAsync("fpp_revoked", "", Cancel));
    }

    [Fact]
    public async Task Verify_TokenIssuedAfterARefusal_WorksSoon()
    {
        var tokens = Create();
        Assert.Null(await tokens.VerifyAsync("fpp_late", "", Cancel));

        fixture.Silo.World.Tokens["late"] = "fpp_late";
        _clock.Advance(TokenVerifier.RefusedFor);

        Assert.NotNull(await tokens.VerifyAsync("fpp_late", "", Cancel));
    }

    private TokenVerifier Create() => new(fixture.Portal.App.Services.GetRequiredService<IClusterClient>(), _clock);
}

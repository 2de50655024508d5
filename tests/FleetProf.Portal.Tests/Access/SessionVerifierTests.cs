using FleetProf.Portal.Access;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Portal.Tests.Access;

public sealed class SessionVerifierTests(PortalFixture fixture)
{
    private readonly SteppedClock _clock = new();

    /// <summary>An ended session does not live for an hour more.</summary>
    [Fact]
    public async Task Find_WallClockSetBack_RemembersNoLonger()
    {
        var sessions = new SessionVerifier(fixture.Portal.App.Services.GetRequiredService<IClusterClient>(), _clock);
        const string session = "session-before-the-step";
        Assert.NotNull(await sessions.FindAsync(session));

        fixture.Silo.World.EndedSessions[session] = default;
        Assert.NotNull(await sessions.FindAsync(session));
        _clock.StepBack();
        _clock.Advance(SessionVerifier.RememberedFor);

        Assert.Null(await sessions.FindAsync(session));
    }
}

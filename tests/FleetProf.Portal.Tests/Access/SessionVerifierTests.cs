using FleetProf.Contracts.Access;
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

    /// <summary>Whether the silo told of it, or it was ended by this portal, which had a good answer a moment before.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Find_SessionThatHasEnded_StaysEndedWhileTheSiloIsAway(bool isEndedHere)
    {
        var sessions = OfAnn(out var silo);
        Assert.NotNull(await sessions.FindAsync("ann"));
        if (isEndedHere)
        {
            sessions.End("ann");
        }
        else
        {
            silo.Answer = null;
            _clock.Advance(SessionVerifier.RememberedFor);
            Assert.Null(await sessions.FindAsync("ann"));
        }

        silo.IsAway = true;
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Null(await sessions.FindAsync("ann"));
    }

    [Fact]
    public async Task Find_SessionThatWasGoodLately_GoesOnForSomeMinutesWhileTheSiloIsAwayAndAgainWhenItIsBack()
    {
        var sessions = OfAnn(out var silo);
        Assert.NotNull(await sessions.FindAsync("ann"));

        silo.IsAway = true;
        _clock.Advance(SessionVerifier.TrustedFor - TimeSpan.FromTicks(1));
        Assert.Equal("ann", (await sessions.FindAsync("ann"))?.Name);
        _clock.Advance(TimeSpan.FromTicks(1));
        await Assert.ThrowsAsync<SiloUnavailableException>(() => sessions.FindAsync("ann"));

        silo.IsAway = false;
        Assert.NotNull(await sessions.FindAsync("ann"));
    }

    [Fact]
    public async Task Find_SessionNeverSeenBeforeTheSiloWent_IsNeitherGoodNorEnded()
    {
        var sessions = OfAnn(out var silo);
        silo.IsAway = true;

        await Assert.ThrowsAsync<SiloUnavailableException>(() => sessions.FindAsync("ann"));
    }

    [Fact]
    public async Task Find_AnswerUnderWayWhileTheSessionIsEndedHere_DoesNotBringItBack()
    {
        var sessions = OfAnn(out var silo);
        var gate = silo.Gate = new TaskCompletionSource();
        var underWay = sessions.FindAsync("ann");
        _clock.Advance(TimeSpan.FromSeconds(1));
        sessions.End("ann");

        gate.SetResult();
        await underWay;

        Assert.Null(await sessions.FindAsync("ann"));
    }

    private SessionVerifier OfAnn(out PlayedSilo silo)
    {
        var played = silo = new();
        return new(PlayedGrains.Cluster((_, _) => played.FindAsync()), _clock);
    }

    /// <summary>Knows one session.</summary>
    private sealed class PlayedSilo
    {
        public AccessPrincipal? Answer { get; set; } = new() { Name = "ann", CredentialId = "ann", Grants = Grants.Everything };

        public bool IsAway { get; set; }

        /// <summary>Answers wait for it.</summary>
        public TaskCompletionSource? Gate { get; set; }

        public async Task<AccessPrincipal?> FindAsync()
        {
            await (Gate?.Task ?? Task.CompletedTask);
            return IsAway ? throw new SiloUnavailableException("It is away.") : Answer;
        }
    }
}

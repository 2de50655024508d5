using System.Net;
using FleetProf.Portal.Access;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Portal.Tests.Access;

public sealed class TokenVerifierTests(PortalFixture fixture)
{
    private readonly SteppedClock _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verify_RevokedToken_WorksNoLongerThanTheCacheRemembers()
    {
        var tokens = Create();
        var name = nameof(Verify_RevokedToken_WorksNoLongerThanTheCacheRemembers);
        fixture.Silo.World.Tokens[name] = "fpp_revoked";
        Assert.Equal(name, (await tokens.VerifyAsync("fpp_revoked", "", Cancel)).Principal?.Name);

        fixture.Silo.World.Tokens.Remove(name, out _);
        _clock.Advance(TokenVerifier.AcceptedFor - TimeSpan.FromTicks(1));
        Assert.NotNull((await tokens.VerifyAsync("fpp_revoked", "", Cancel)).Principal);
        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.Null((await tokens.VerifyAsync("fpp_revoked", "", Cancel)).Principal);
    }

    [Fact]
    public async Task Verify_TokenIssuedAfterARefusal_WorksSoon()
    {
        var tokens = Create();
        Assert.Null((await tokens.VerifyAsync("fpp_late", "", Cancel)).Principal);

        fixture.Silo.World.Tokens["late"] = "fpp_late";
        _clock.Advance(TokenVerifier.RefusedFor);

        Assert.NotNull((await tokens.VerifyAsync("fpp_late", "", Cancel)).Principal);
    }

    [Fact]
    public async Task Verify_StrangerTriesOutTokens_IsTurnedAwayForAMinuteAndNobodyElseIs()
    {
        var tokens = Create();
        var (old, fresh) = (nameof(Verify_StrangerTriesOutTokens_IsTurnedAwayForAMinuteAndNobodyElseIs), "of somebody at the same address");
        fixture.Silo.World.Tokens[old] = "fpp_good-before";
        Assert.Equal(old, (await tokens.VerifyAsync("fpp_good-before", "10.0.0.1", Cancel)).Principal?.Name);
        _clock.Advance(TokenVerifier.AcceptedFor);
        for (var i = 0; i < RefusedTokens.MostPerMinute; i++)
        {
            Assert.Equal(new TokenAnswer(null), await tokens.VerifyAsync($"fpp_guess-{i}", "10.0.0.1", Cancel));
        }

        // It would be good: so the silo was not asked.
        fixture.Silo.World.Tokens[fresh] = "fpp_fresh";
        Assert.Equal(new TokenAnswer(null, IsTooOften: true), await tokens.VerifyAsync("fpp_fresh", "10.0.0.1", Cancel));
        Assert.Equal(old, (await tokens.VerifyAsync("fpp_good-before", "10.0.0.1", Cancel)).Principal?.Name);
        Assert.Equal(fresh, (await tokens.VerifyAsync("fpp_fresh", "10.0.0.2", Cancel)).Principal?.Name);

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(fresh, (await tokens.VerifyAsync("fpp_fresh", "10.0.0.1", Cancel)).Principal?.Name);
    }

    [Fact]
    public async Task Verify_ManyGoodTokensOfOneAddress_AreNeverTurnedAway()
    {
        var tokens = Create();
        for (var i = 0; i < 3 * RefusedTokens.MostPerMinute; i++)
        {
            fixture.Silo.World.Tokens[$"nat {i}"] = $"fpp_nat-{i}";
            Assert.NotNull((await tokens.VerifyAsync($"fpp_nat-{i}", "10.0.0.3", Cancel)).Principal);
        }
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::2", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    public void RefusedTokens_OfNeighbours_CountTogetherWhereOneHostHasAllAddresses(string one, string other, bool isShared)
    {
        var refused = new RefusedTokens(_clock);
        for (var i = 0; i < RefusedTokens.MostPerMinute; i++)
        {
            refused.Add(one);
        }

        Assert.Equal((true, isShared), (refused.IsFull(one), refused.IsFull(other)));
    }

    [Fact]
    public async Task Api_MoreUnknownTokensThanTheLimit_IsAnswered429WithRetryAfter()
    {
        await using var portal = await PortalUnderTest.StartAsync(fixture.Silo, 0, "--FleetProf:Portal:ApiRequestsPerSecond=1000");
        for (var i = 0; i <= RefusedTokens.MostPerMinute; i++)
        {
            using var stranger = portal.Anonymous();
            stranger.DefaultRequestHeaders.Authorization = new("Bearer", $"fpp_tried-{i}");
            using var response = await stranger.GetAsync("/api/v1/me", Cancel);

            Assert.Equal(i < RefusedTokens.MostPerMinute ? HttpStatusCode.Unauthorized : HttpStatusCode.TooManyRequests, response.StatusCode);
            Assert.Equal(i < RefusedTokens.MostPerMinute ? null : "60", response.Headers.RetryAfter?.ToString());
        }
    }

    /// <summary>Neither does a revoked token work for an hour more, nor is a stranger's neighbour turned away for one.</summary>
    [Fact]
    public async Task Verify_WallClockSetBack_RemembersNoLonger()
    {
        var tokens = Create();
        var name = nameof(Verify_WallClockSetBack_RemembersNoLonger);
        fixture.Silo.World.Tokens[name] = "fpp_before-the-step";
        Assert.NotNull((await tokens.VerifyAsync("fpp_before-the-step", "10.0.0.4", Cancel)).Principal);
        for (var i = 0; i < RefusedTokens.MostPerMinute; i++)
        {
            await tokens.VerifyAsync($"fpp_step-{i}", "10.0.0.4", Cancel);
        }

        fixture.Silo.World.Tokens.Remove(name, out _);
        _clock.StepBack();
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(new TokenAnswer(null), await tokens.VerifyAsync("fpp_before-the-step", "10.0.0.4", Cancel));
        Assert.Equal(new TokenAnswer(null), await tokens.VerifyAsync("fpp_another", "10.0.0.4", Cancel));
    }

    private TokenVerifier Create() => new(fixture.Portal.App.Services.GetRequiredService<IClusterClient>(), new RefusedTokens(_clock), _clock);
}

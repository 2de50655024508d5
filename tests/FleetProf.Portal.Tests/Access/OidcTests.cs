using System.Net;
using System.Security.Cryptography;
using FleetProf.Portal.Access;
using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.Access;

/// <summary>Logging in by an identity provider that runs in this process.</summary>
public sealed class OidcTests : IClassFixture<ProvidedPortal>
{
    private readonly PortalFixture _fixture;
    private readonly IdentityProvider _provider;
    private readonly PortalUnderTest _portal;

    public OidcTests(PortalFixture fixture, ProvidedPortal provided)
    {
        (_fixture, _provider, _portal) = (fixture, provided.Provider, provided.Portal);
        _provider.Forget();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Login_GroupWithARole_OpensASessionWithPkce()
    {
        _provider.Groups = ["everybody", "watchers", "shop"];
        using var browser = _portal.Anonymous();

        using var end = await LogInAsync(browser);

        Assert.Equal("/campaigns", end.Headers.Location?.OriginalString);
        Assert.Equal((1, 0), (_provider.Redeemed, _provider.WrongVerifiers));
        using var api = await browser.GetAsync("/api/v1/services", Cancel);
        Assert.Equal(HttpStatusCode.OK, api.StatusCode);
    }

    [Fact]
    public async Task Login_OfAPerson_TellsTheSiloWhichProviderKnowsThemAndAsWhom()
    {
        _provider.Name = "cleo";
        _provider.Groups = ["watchers"];
        using var browser = _portal.Anonymous();

        using var end = await LogInAsync(browser);

        var opened = Assert.Single(_fixture.Silo.World.ProvidedSessions, session => session.Name == "cleo");
        Assert.Equal((_provider.Url, "1"), (opened.Issuer, opened.Subject));
    }

    [Fact]
    public async Task Login_WithoutGroups_HasNoAccessAndSaysWhy()
    {
        using var browser = _portal.Anonymous();

        using var end = await LogInAsync(browser);
        using var page = await browser.GetAsync(end.Headers.Location, Cancel);

        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
        Assert.Contains("none of your groups has a role", await page.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/v1/services", Cancel)).StatusCode);
        Assert.Contains(_fixture.Silo.World.Refusals, refusal => refusal.Action == "login.by-oidc" && refusal.Target == "ann");
    }

    [Theory]
    [InlineData("nonce")]
    [InlineData("expired")]
    [InlineData("audience")]
    [InlineData("key")]
    public async Task Login_TokenThatIsNotGood_IsRefused(string wrong)
    {
        _provider.Name = $"cleo with a wrong {wrong}";
        _provider.Groups = ["watchers"];
        using var other = RSA.Create(2048);
        switch (wrong)
        {
            case "nonce": _provider.Nonce = "of-another-login"; break;
            case "expired": _provider.Age = TimeSpan.FromHours(1); break;
            case "audience": _provider.Audience = "another-client"; break;
            default: _provider.OtherKey = other; break;
        }

        using var browser = _portal.Anonymous();

        using var end = await LogInAsync(browser);

        // It got as far as the token: the code was good.
        Assert.Equal((1, 0), (_provider.Redeemed, _provider.WrongVerifiers));
        Assert.Equal("/login?refused=provider", end.Headers.Location?.OriginalString);
        Assert.DoesNotContain(_fixture.Silo.World.ProvidedSessions, session => session.Name == _provider.Name);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/v1/services", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Login_ProviderThatRedirectsItsTokenRequest_IsNotFollowedAndNobodyComesIn()
    {
        _provider.Name = "dora";
        _provider.Groups = ["watchers"];
        _provider.HasMoved = true;
        using var browser = _portal.Anonymous();

        using var end = await LogInAsync(browser);

        Assert.Equal((0, 0), (_provider.Redeemed, _provider.WrongVerifiers));
        Assert.Equal("/login?refused=provider", end.Headers.Location?.OriginalString);
        Assert.DoesNotContain(_fixture.Silo.World.ProvidedSessions, session => session.Name == "dora");
        using var api = await browser.GetAsync("/api/v1/services", Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
    }

    [Theory]
    [InlineData("/campaigns?kind=\"a&b\"", "%2Fcampaigns%3Fkind%3D%22a%26b%22", "/campaigns?kind=&quot;a&amp;b&quot;")]
    [InlineData("//evil.example", "%2F", "/")]
    public async Task LoginPage_WithAReturnAddress_HandsItToTheProviderLink(string returnUrl, string inLink, string inForm)
    {
        using var browser = _portal.Anonymous();

        var page = await browser.GetStringAsync($"{LoginApi.Path}?returnUrl={Uri.EscapeDataString(returnUrl)}", Cancel);

        Assert.Contains($"<a href=\"{OidcSetup.Path}?returnUrl={inLink}\">", page, StringComparison.Ordinal);
        Assert.Contains($"<input type=\"hidden\" name=\"returnUrl\" value=\"{inForm}\">", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_ProviderThatIsAway_SaysSoOnTheLoginPage()
    {
        await using var portal = await PortalUnderTest.StartAsync(
            _fixture.Silo, 0, "--FleetProf:Portal:Oidc:Authority=http://127.0.0.1:1", "--FleetProf:Portal:Oidc:Groups:0:Name=watchers", "--FleetProf:Portal:Oidc:Groups:0:Role=Viewer");
        using var browser = portal.Anonymous();

        using var answer = await browser.GetAsync($"{OidcSetup.Path}?returnUrl=/campaigns", Cancel);

        var page = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Contains("FleetProf:Portal:Oidc:Authority", page, StringComparison.Ordinal);
        Assert.Contains("value=\"/campaigns\"", page, StringComparison.Ordinal);
    }

    /// <summary>The first login fetches its description, which is kept; each one asks it for the way when it wants that.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Login_ProviderThatGoesAwayLaterOrIsNone_SaysSoOnTheLoginPage(bool isProvider)
    {
        await using var provider = await IdentityProvider.StartAsync(isPushed: true, isWhole: isProvider);
        await using var portal = await PortalUnderTest.StartAsync(
            _fixture.Silo, 0, $"--FleetProf:Portal:Oidc:Authority={provider.Url}", "--FleetProf:Portal:Oidc:Groups:0:Name=watchers", "--FleetProf:Portal:Oidc:Groups:0:Role=Viewer");
        using var browser = portal.Anonymous();
        if (isProvider)
        {
            Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync(OidcSetup.Path, Cancel)).StatusCode);
            await provider.DisposeAsync();
        }

        using var answer = await browser.GetAsync(OidcSetup.Path, Cancel);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task Login_ProviderThatRefusesThisPortal_NamesTheRefusalAndNotTheAddress()
    {
        await using var provider = await IdentityProvider.StartAsync(isPushed: true);
        provider.RefusesWith = "invalid_client";
        await using var portal = await PortalUnderTest.StartAsync(
            _fixture.Silo, 0, $"--FleetProf:Portal:Oidc:Authority={provider.Url}", "--FleetProf:Portal:Oidc:Groups:0:Name=watchers", "--FleetProf:Portal:Oidc:Groups:0:Role=Viewer");
        using var browser = portal.Anonymous();

        using var answer = await browser.GetAsync(OidcSetup.Path, Cancel);

        var page = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("FleetProf:Portal:Oidc:ClientId", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Oidc:Authority", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callback_WithoutTheStateOfThisBrowser_IsRefused()
    {
        using var thief = _portal.Anonymous();

        using var end = await thief.GetAsync("/login/oidc/callback?code=stolen&state=made-up", Cancel);

        Assert.Equal("/login?refused=provider", end.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Callback_MoreOftenThanLoginsMayBegin_IsNotLookedAt()
    {
        await using var portal = await PortalUnderTest.StartAsync(
            _fixture.Silo, 0, "--FleetProf:Portal:LoginAttemptsPerMinute=2", $"--FleetProf:Portal:Oidc:Authority={_provider.Url}",
            "--FleetProf:Portal:Oidc:Groups:0:Name=watchers", "--FleetProf:Portal:Oidc:Groups:0:Role=Viewer");
        using var stranger = portal.Anonymous();
        var answers = new List<(HttpStatusCode, string)>();
        for (var i = 0; i < 4; i++)
        {
            using var answer = await stranger.GetAsync("/login/oidc/callback?state=made-up", Cancel);
            answers.Add((answer.StatusCode, answer.Headers.RetryAfter?.ToString() ?? ""));
        }

        Assert.Equal([(HttpStatusCode.Redirect, ""), (HttpStatusCode.Redirect, ""), (HttpStatusCode.TooManyRequests, "60"), (HttpStatusCode.TooManyRequests, "60")], answers);
    }

    /// <summary>A link on another site leads there, and leaves the session as it was.</summary>
    [Theory]
    [InlineData("/signout-oidc")]
    [InlineData("/signout-callback-oidc")]
    public async Task SignOut_ByALinkOfAnotherSite_LeavesTheSession(string path)
    {
        _provider.Groups = ["watchers"];
        using var browser = _portal.Anonymous();
        using var end = await LogInAsync(browser);

        using var link = await browser.GetAsync(path, Cancel);

        Assert.False(link.Headers.Contains("Set-Cookie"));
        using var api = await browser.GetAsync("/api/v1/services", Cancel);
        Assert.Equal(HttpStatusCode.OK, api.StatusCode);
    }

    /// <summary>To the provider and back, as a browser goes.</summary>
    private async Task<HttpResponseMessage> LogInAsync(HttpClient browser)
    {
        using var start = await browser.GetAsync($"{OidcSetup.Path}?returnUrl=/campaigns", Cancel);
        Assert.Equal(HttpStatusCode.Redirect, start.StatusCode);
        using var consent = await browser.GetAsync(start.Headers.Location, Cancel);
        return await browser.GetAsync(consent.Headers.Location, Cancel);
    }
}

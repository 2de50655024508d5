using System.Net;
using FleetProf.Portal.Access;
using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.Access;

/// <summary>Sessions of which nobody can tell whether they go on: this portal never saw them, and the silo has no database.</summary>
public sealed class SessionCookieTests(PortalFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_OfASessionThatCannotBeLookedAt_ShowsNothingAndComesBackWithoutALogin()
    {
        const string session = "session-of-an-outage";
        using var browser = await LoggedInAsync(session);
        fixture.Silo.World.UnseenSessions[session] = true;

        using var page = await browser.GetAsync("/", Cancel);
        using var api = await browser.GetAsync("/api/v1/me", Cancel);
        fixture.Silo.World.UnseenSessions.Remove(session, out _);
        using var after = await browser.GetAsync("/", Cancel);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "text/html", false), (page.StatusCode, page.Content.Headers.ContentType?.MediaType, page.Headers.Contains("Set-Cookie")));
        var html = await page.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("so whether your session goes on is not known", html, StringComparison.Ordinal);
        Assert.DoesNotContain("db.internal", html, StringComparison.Ordinal);
        Assert.Equal("5", Assert.Single(page.Headers.GetValues("Refresh")));
        Assert.Equal("The silo cannot use its database", (string?)(await api.ProblemAsync(HttpStatusCode.ServiceUnavailable))["title"]);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task Logout_OfASessionThatCannotBeLookedAt_MakesTheBrowserForgetIt()
    {
        const string session = "session-left-in-an-outage";
        using var browser = await LoggedInAsync(session);
        (fixture.Silo.World.UnseenSessions[session], fixture.Silo.World.LastingSessions[session]) = (true, true);
        browser.DefaultRequestHeaders.Add("Origin", fixture.Portal.Url);

        using var logout = await browser.PostAsync(LoginApi.LogoutPath, null, Cancel);
        using var after = await browser.GetAsync("/", Cancel);

        Assert.Equal("/login?refused=logout", logout.Headers.Location?.OriginalString);
        Assert.Equal(LoginApi.Path, after.Headers.Location?.AbsolutePath);
    }

    private async Task<HttpClient> LoggedInAsync(string session)
    {
        fixture.Silo.World.LoginCodes[session] = true;
        var browser = fixture.Portal.Anonymous();
        using var login = await browser.GetAsync($"{LoginApi.Path}?t={session}", Cancel);
        return browser;
    }
}

using System.Net;
using FleetProf.Contracts.Access;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Portal.Tests.Access;

public sealed class LoginTests(PortalFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Login_FreshCode_SetsLaxCookieThatOpensPagesAndApi()
    {
        using var browser = fixture.Portal.Anonymous();

        using var login = await browser.GetAsync($"/login?t={await CodeAsync()}", Cancel);

        Assert.Equal(HttpStatusCode.Redirect, login.StatusCode);
        var cookie = Assert.Single(login.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/v1/services", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/", Cancel)).StatusCode);
    }

    /// <summary>Of a scanner, or a script that means something else.</summary>
    [Theory]
    [InlineData("/login", null)]
    [InlineData("/login", "application/json")]
    [InlineData("/setup", null)]
    [InlineData("/setup", "application/json")]
    [InlineData("/login", "multipart/form-data")]
    public async Task Post_OfNoForm_IsTheCallersFault(string path, string? contentType)
    {
        using var stranger = fixture.Portal.Anonymous();
        using var content = new StringContent("{}");
        content.Headers.ContentType = contentType is null ? null : new(contentType);

        using var answer = await stranger.PostAsync(path, contentType is null ? null : content, Cancel);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Contains("Open /login in a browser", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_CodeUsedBefore_IsRefusedWithTheNextStep()
    {
        var code = await CodeAsync();
        using var first = fixture.Portal.Anonymous();
        await first.GetAsync($"/login?t={code}", Cancel);
        using var second = fixture.Portal.Anonymous();

        using var again = await second.GetAsync($"/login?t={code}", Cancel);

        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
        Assert.Contains("fleetprof login", await again.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.False(again.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Login_SameLinkTwiceInOneBrowser_GoesHome()
    {
        var code = await CodeAsync();
        using var browser = fixture.Portal.Anonymous();
        await browser.GetAsync($"/login?t={code}", Cancel);

        using var again = await browser.GetAsync($"/login?t={code}&returnUrl=/campaigns", Cancel);

        Assert.Equal("/campaigns", again.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("/services/checkout?from=1", "/services/checkout?from=1")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("/a\r\nSet-Cookie: x=y", "/")]
    [InlineData("/login?t=again", "/")]
    [InlineData("", "/")]
    public async Task Login_ReturnUrl_NeverLeavesThePortal(string returnUrl, string expected)
    {
        using var browser = fixture.Portal.Anonymous();

        using var login = await browser.GetAsync($"/login?t={FakeAccess.ReusableCode}&returnUrl={Uri.EscapeDataString(returnUrl)}", Cancel);

        Assert.Equal(expected, login.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("/login", HttpStatusCode.OK)]
    [InlineData("/login?t=", HttpStatusCode.OK)]
    [InlineData("/login?t=guess", HttpStatusCode.Unauthorized)]
    public async Task Login_WithoutUsableCode_SaysHowToGetALink(string path, HttpStatusCode expected)
    {
        using var browser = fixture.Portal.Anonymous();

        using var response = await browser.GetAsync(path, Cancel);

        Assert.Equal(expected, response.StatusCode);
        Assert.Contains("fleetprof login", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_WithoutCookie_ComesBackToItAfterLogin()
    {
        using var browser = fixture.Portal.Anonymous();

        using var response = await browser.GetAsync("/?service=checkout", Cancel);

        Assert.Equal("/login", response.Headers.Location?.AbsolutePath);
        Assert.Contains(Uri.EscapeDataString("/?service=checkout"), response.Headers.Location!.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_ManyGuesses_AreSlowedDown()
    {
        await using var portal = await PortalUnderTest.StartAsync(fixture.Silo, 0, "--FleetProf:Portal:LoginAttemptsPerMinute=3");
        using var browser = portal.Anonymous();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync($"/login?t=guess{i}", Cancel)).StatusCode);
        }

        using var refused = await browser.GetAsync($"/login?t={FakeAccess.ReusableCode}", Cancel);

        await refused.ProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal(60, refused.Headers.RetryAfter?.Delta?.TotalSeconds);
    }

    [Fact]
    public async Task LoginLink_MadeByApi_LogsInOnce()
    {
        using var program = fixture.Portal.Authorised();
        using var created = await program.PostAsync("/api/v1/login-links", new { });
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var link = (string)(await created.JsonAsync())["loginUrl"]!;
        using var browser = fixture.Portal.Anonymous();

        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync(link, Cancel)).StatusCode);
        using var other = fixture.Portal.Anonymous();
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync(link, Cancel)).StatusCode);
    }

    [Fact]
    public async Task Logout_EndsTheSession()
    {
        // Of its own: the session of other tests goes on.
        fixture.Silo.World.LoginCodes["session-to-log-out"] = true;
        using var browser = fixture.Portal.Anonymous();
        await browser.GetAsync("/login?t=session-to-log-out", Cancel);
        browser.DefaultRequestHeaders.Add("Origin", fixture.Portal.Url);

        using var logout = await browser.PostAsync("/logout", null, Cancel);

        Assert.Equal("/login", logout.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/v1/services", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Logout_SiloCannotEndTheSession_BrowserForgetsItAndSaysThatItGoesOn()
    {
        const string session = "session-that-lasts";
        (fixture.Silo.World.LoginCodes[session], fixture.Silo.World.LastingSessions[session]) = (true, true);
        using var browser = fixture.Portal.Anonymous();
        await browser.GetAsync($"/login?t={session}", Cancel);
        browser.DefaultRequestHeaders.Add("Origin", fixture.Portal.Url);

        using var logout = await browser.PostAsync("/logout", null, Cancel);

        Assert.Contains("it goes on until it expires", await browser.GetStringAsync(logout.Headers.Location!.OriginalString, Cancel), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/v1/services", Cancel)).StatusCode);
    }

    private Task<string> CodeAsync() =>
        fixture.Portal.App.Services.GetRequiredService<IClusterClient>().GetGrain<IAccessGrain>("local").IssueLoginCodeAsync();
}

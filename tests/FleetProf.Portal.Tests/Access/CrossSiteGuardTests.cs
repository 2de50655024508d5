using System.Net;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;

namespace FleetProf.Portal.Tests.Access;

public sealed class CrossSiteGuardTests(PortalFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("X-Nothing", "told")]
    public async Task Change_WithCookieFromElsewhere_IsForbidden(string header, string value)
    {
        using var browser = await LoggedInAsync();
        browser.DefaultRequestHeaders.TryAddWithoutValidation(header, value);

        using var response = await browser.PostAsync("/api/v1/campaigns/01k0000000000000000000live/stop", new { });

        await response.ProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Change_WithCookieFromOwnPage_IsAccepted()
    {
        using var browser = await LoggedInAsync();
        browser.DefaultRequestHeaders.Add("Origin", fixture.Portal.Url);

        using var response = await browser.PostAsync("/api/v1/login-links", new { });

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    /// <summary>A browser behind a proxy of HTTP basic authentication sends that to the portal as well, whatever page asks it to.</summary>
    [Fact]
    public async Task Change_WithCookieAndCredentialsOfAProxy_IsAcceptedFromOwnPagesOnly()
    {
        using var browser = await LoggedInAsync();
        browser.DefaultRequestHeaders.Authorization = new("Basic", "eA==");
        using var page = await browser.GetAsync("/", Cancel);
        browser.DefaultRequestHeaders.Add("Origin", fixture.Portal.Url);
        using var own = await browser.PostAsync("/api/v1/login-links", new { });
        browser.DefaultRequestHeaders.Remove("Origin");
        browser.DefaultRequestHeaders.Add("Origin", "https://evil.example");
        using var foreign = await browser.PostAsync("/api/v1/login-links", new { });

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.Forbidden), (page.StatusCode, own.StatusCode, foreign.StatusCode));
    }

    [Fact]
    public async Task Change_WithToken_NeedsNoOrigin()
    {
        using var program = fixture.Portal.Authorised();
        program.DefaultRequestHeaders.Add("Origin", "https://ci.example");

        using var response = await program.PostAsync("/api/v1/login-links", new { });

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Fact]
    public async Task Circuit_FromElsewhere_IsForbidden()
    {
        using var browser = await LoggedInAsync();
        browser.DefaultRequestHeaders.Add("Origin", "http://localhost:1");

        using var response = await browser.GetAsync("/_blazor?id=x", Cancel);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    private async Task<HttpClient> LoggedInAsync()
    {
        var browser = fixture.Portal.Anonymous();
        await browser.GetAsync($"/login?t={FakeAccess.ReusableCode}", Cancel);
        return browser;
    }
}

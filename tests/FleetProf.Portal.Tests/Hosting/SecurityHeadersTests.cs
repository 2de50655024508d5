using FleetProf.Portal.Hosting;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;

namespace FleetProf.Portal.Tests.Hosting;

public sealed class SecurityHeadersTests(PortalFixture fixture)
{
    [Theory]
    [InlineData("/")]
    [InlineData("/login")]
    [InlineData("/login?t=guess")]
    [InlineData("/health")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/api/v1/services")]
    [InlineData("/api/v1/captures?limit=x")]
    [InlineData("/api/v1/no-such-thing")]
    [InlineData("/no-such-page")]
    [InlineData("/_framework/blazor.web.js")]
    [InlineData("/_content/MudBlazor/MudBlazor.min.css")]
    [InlineData("/api/v1/captures/01k0000000000000000000done-0000/files/cpu.flame.json")]
    [InlineData("/api/v1/captures/01k0000000000000000000done-0000/export?format=pprof")]
    public async Task Response_OfAnyRoute_CarriesTheHeaders(string path)
    {
        foreach (var client in new[] { fixture.Portal.Anonymous(), fixture.Portal.Authorised() })
        {
            using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);

            Assert.True((int)response.StatusCode < 500);
            Assert.Equal(SecurityHeaders.ContentSecurityPolicy, Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("SAMEORIGIN", Assert.Single(response.Headers.GetValues("X-Frame-Options")));
            Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
            Assert.NotNull(response.Headers.CacheControl);
            Assert.False(response.Headers.Contains("Server"));
            client.Dispose();
        }
    }

    [Fact]
    public async Task Page_LoggedIn_AllowsNoInlineScript()
    {
        using var browser = fixture.Portal.Anonymous();
        await browser.GetAsync($"/login?t={FakeAccess.ReusableCode}", TestContext.Current.CancellationToken);

        var html = await browser.GetStringAsync("/", TestContext.Current.CancellationToken);

        Assert.DoesNotMatch("<script(?![^>]*\\ssrc=)[^>]*>", html);
        Assert.DoesNotMatch("\\son[a-z]+=", html.Split("<!--")[0]);
        Assert.DoesNotContain("'unsafe-eval'", SecurityHeaders.ContentSecurityPolicy, StringComparison.Ordinal);
    }
}

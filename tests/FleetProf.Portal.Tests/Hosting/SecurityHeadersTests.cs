using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using FleetProf.Portal.Hosting;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;

namespace FleetProf.Portal.Tests.Hosting;

public sealed partial class SecurityHeadersTests(PortalFixture fixture)
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
            var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.Equal(SecurityHeaders.ContentSecurityPolicy, HashInPolicy().Replace(policy, ""));
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("SAMEORIGIN", Assert.Single(response.Headers.GetValues("X-Frame-Options")));
            Assert.Equal("same-origin", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
            Assert.NotNull(response.Headers.CacheControl);
            Assert.False(response.Headers.Contains("Server"));
            client.Dispose();
        }
    }

    [Fact]
    public async Task Page_LoggedIn_AllowsNoInlineScriptButItsImportMap()
    {
        using var browser = fixture.Portal.Anonymous();
        await browser.GetAsync($"/login?t={FakeAccess.ReusableCode}", TestContext.Current.CancellationToken);

        using var response = await browser.GetAsync("/", TestContext.Current.CancellationToken);
        var html = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        var map = Assert.Single(InlineScript().Matches(html));
        Assert.Equal(" type=\"importmap\"", map.Groups["attributes"].Value);
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(map.Groups["text"].Value)));
        Assert.Equal($" 'sha256-{hash}'", HashInPolicy().Match(Assert.Single(response.Headers.GetValues("Content-Security-Policy"))).Value);
        Assert.DoesNotMatch("\\son[a-z]+=", html.Split("<!--")[0]);
        Assert.DoesNotContain("'unsafe-eval'", SecurityHeaders.ContentSecurityPolicy, StringComparison.Ordinal);
    }

    [GeneratedRegex(" 'sha256-[A-Za-z0-9+/]{43}='")]
    private static partial Regex HashInPolicy();

    [GeneratedRegex(@"<script(?![^>]*\ssrc=)(?<attributes>[^>]*)>(?<text>.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex InlineScript();
}

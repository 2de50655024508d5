using System.Net;
using System.Net.Sockets;
using FleetProf.Portal.Access;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;

namespace FleetProf.Portal.Tests.Access;

/// <summary>A portal that trusts the proxy at 127.0.0.2; what comes from 127.0.0.1 is a stranger's.</summary>
public sealed class ForwardedAddressTests(PortalFixture fixture, ProxiedPortal proxied) : IClassFixture<ProxiedPortal>
{
    private const string Proxy = "127.0.0.2";
    private const string Stranger = "127.0.0.1";
    private const string Trusting = ProxiedPortal.Trusting;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Proxy, "203.0.113.7", "203.0.113.7")]
    [InlineData(Proxy, "198.51.100.1, 203.0.113.7", "203.0.113.7")]
    [InlineData(Proxy, "203.0.113.7, 10.0.0.9", "203.0.113.7")]
    [InlineData(Proxy, "203.0.113.7, 10.0.1.9", "10.0.1.9")]
    [InlineData(Proxy, "2001:db8::7", "2001:db8::7")]
    [InlineData(Stranger, "203.0.113.7", Stranger)]
    [InlineData(Stranger, "203.0.113.7, 127.0.0.2", Stranger)]
    public async Task Login_WithAForwardedAddress_IsOfTheLastThatNoTrustedProxyHas(string peer, string forwarded, string expected)
    {
        using var browser = From(peer, proxied.Portal.Url, forwarded);

        Assert.Equal(expected, await AddressOfALoginAsync(browser));
    }

    [Fact]
    public async Task Login_WithoutTrustedProxies_BelievesNobodyNotEvenLoopback()
    {
        await using var portal = await PortalUnderTest.StartAsync(fixture.Silo);
        using var browser = From(Stranger, portal.Url, "203.0.113.7");

        using var login = await browser.GetAsync($"/login?t={FakeAccess.ReusableCode}", Cancel);

        Assert.Equal(Stranger, await AddressOfALoginAsync(browser));
        Assert.DoesNotContain("secure", Assert.Single(login.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(Proxy, true)]
    [InlineData(Stranger, false)]
    public async Task Cookie_ForwardedSchemeIsHttps_IsSecureWhenTheProxySaysSo(string peer, bool isBelieved)
    {
        using var browser = From(peer, proxied.Portal.Url, "203.0.113.7");

        using var login = await browser.GetAsync($"/login?t={FakeAccess.ReusableCode}", Cancel);

        Assert.Equal(isBelieved, Assert.Single(login.Headers.GetValues("Set-Cookie")).Contains("; secure", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(isBelieved, login.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Page_BehindTheProxy_SetsNoCookieThatPlainHttpWouldCarry()
    {
        using var browser = From(Proxy, proxied.Portal.Url, "203.0.113.7");
        using var login = await browser.GetAsync($"/login?t={FakeAccess.ReusableCode}", Cancel);
        browser.DefaultRequestHeaders.Add("Cookie", login.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);

        using var page = await browser.GetAsync("/", Cancel);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.All(page.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task LoginLimit_BehindTheProxy_CountsEachAddressAndStrangersCannotChangeTheirs()
    {
        await using var portal = await PortalUnderTest.StartAsync(fixture.Silo, 0, Trusting, "--FleetProf:Portal:LoginAttemptsPerMinute=2");
        var answers = new List<HttpStatusCode>();
        foreach (var (peer, forwarded) in new[] { (Proxy, "203.0.113.7"), (Proxy, "203.0.113.7"), (Proxy, "203.0.113.7"), (Proxy, "203.0.113.8"), (Stranger, "203.0.113.11"), (Stranger, "203.0.113.12"), (Stranger, "203.0.113.13") })
        {
            using var browser = From(peer, portal.Url, forwarded);
            using var answer = await browser.GetAsync("/login?t=guess", Cancel);
            answers.Add(answer.StatusCode);
        }

        const HttpStatusCode Wrong = HttpStatusCode.Unauthorized, TooMany = HttpStatusCode.TooManyRequests;
        Assert.Equal([Wrong, Wrong, TooMany, Wrong, Wrong, Wrong, TooMany], answers);
    }

    /// <summary>Who has one address of IPv6 has 2^64 of them.</summary>
    [Fact]
    public async Task LoginLimit_AddressesOfOneNetworkOfIPv6_CountTogether()
    {
        await using var portal = await PortalUnderTest.StartAsync(fixture.Silo, 0, Trusting, "--FleetProf:Portal:LoginAttemptsPerMinute=2");
        var answers = new List<HttpStatusCode>();
        foreach (var forwarded in new[] { "2001:db8::1", "2001:db8::2", "2001:db8::ffff:3", "2001:db8:0:1::1" })
        {
            using var browser = From(Proxy, portal.Url, forwarded);
            using var answer = await browser.GetAsync("/login?t=guess", Cancel);
            answers.Add(answer.StatusCode);
        }

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests, HttpStatusCode.Unauthorized], answers);
    }

    [Theory]
    [InlineData(Proxy, "https://portal.example/login/oidc/callback")]
    [InlineData(Stranger, null)]
    public async Task Oidc_BehindTheProxy_SendsTheProviderTheAddressOfTheBrowser(string peer, string? expected)
    {
        await using var provider = await IdentityProvider.StartAsync();
        await using var portal = await PortalUnderTest.StartAsync(
            fixture.Silo, 0, Trusting, $"--FleetProf:Portal:Oidc:Authority={provider.Url}", "--FleetProf:Portal:Oidc:Groups:0:Name=watchers", "--FleetProf:Portal:Oidc:Groups:0:Role=Viewer");
        using var browser = From(peer, portal.Url, "203.0.113.7");

        using var start = await browser.GetAsync(OidcSetup.Path, Cancel);

        Assert.Equal(expected ?? $"{portal.Url}/login/oidc/callback", System.Web.HttpUtility.ParseQueryString(start.Headers.Location!.Query)["redirect_uri"]);
        Assert.All(start.Headers.GetValues("Set-Cookie"), cookie => Assert.Equal(expected is not null, cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task Change_OfABrowserBehindTheProxy_IsOfTheSameSite()
    {
        using var browser = From(Proxy, proxied.Portal.Url, "203.0.113.7");
        browser.DefaultRequestHeaders.Add("Origin", "https://portal.example");
        using var form = LoginForm("ann");

        using var login = await browser.PostAsync("/login", form, Cancel);

        Assert.Equal(HttpStatusCode.Redirect, login.StatusCode);
    }

    private async Task<string> AddressOfALoginAsync(HttpClient browser)
    {
        var name = $"ann-{Guid.NewGuid():N}";
        using var form = LoginForm(name);
        using var login = await browser.PostAsync("/login", form, Cancel);
        Assert.Equal(HttpStatusCode.Redirect, login.StatusCode);
        return fixture.Silo.World.PasswordLogins.Single(asked => asked.Name == name).Address;
    }

    private static FormUrlEncodedContent LoginForm(string name) => new(new Dictionary<string, string> { ["name"] = name, ["password"] = FakePeople.Password });

    /// <summary>A client whose connections come from an address of this host's loopback network, and which says what a proxy would.</summary>
    private static HttpClient From(string peer, string url, string forwardedFor)
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectCallback = async (connection, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    socket.Bind(new IPEndPoint(IPAddress.Parse(peer), 0));
                    await socket.ConnectAsync(IPAddress.Loopback, connection.DnsEndPoint.Port, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        })
        { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(30) };
        foreach (var (name, value) in new[] { ("X-Forwarded-For", forwardedFor), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "portal.example"), ("Sec-Fetch-Site", "same-origin") })
        {
            client.DefaultRequestHeaders.Add(name, value);
        }

        return client;
    }
}

using System.Net;
using System.Net.Http.Json;
using FleetProf.Portal.Access;
using FleetProf.Portal.Hosting;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;

namespace FleetProf.Portal.Tests.Access;

/// <summary>Local accounts, and the ends of sessions.</summary>
public sealed class PasswordTests(PortalFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Login_RightPassword_OpensASession()
    {
        using var browser = fixture.Portal.Anonymous();

        using var login = await LogInAsync(browser, "right", FakePeople.Password);

        Assert.Equal(HttpStatusCode.Redirect, login.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/v1/me", Cancel)).StatusCode);
    }

    [Theory]
    [InlineData("/services/checkout?range=6h", "/services/checkout?range=6h")]
    [InlineData("//evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    public async Task Login_FormWithAReturnAddress_LeadsThereAndNeverOutOfThePortal(string returnUrl, string expected)
    {
        using var browser = fixture.Portal.Anonymous();

        using var login = await LogInAsync(browser, $"sent to {returnUrl}", FakePeople.Password, returnUrl);

        Assert.Equal(expected, login.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Login_MoreThanFiveTimesAMinute_IsAnswered429WhateverThePassword()
    {
        using var browser = fixture.Portal.Anonymous();
        for (var i = 0; i < PasswordLimit.AttemptsPerMinute; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await LogInAsync(browser, "guessed", "wrong")).StatusCode);
        }

        using var sixth = await LogInAsync(browser, "guessed", FakePeople.Password);

        await sixth.ProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal("60", sixth.Headers.RetryAfter?.ToString());
        Assert.Equal(HttpStatusCode.Redirect, (await LogInAsync(browser, "another", FakePeople.Password)).StatusCode);
    }

    /// <summary>Who has one address of IPv6 has 2^64 of them.</summary>
    [Fact]
    public void Attempts_OfAddressesOfOneNetworkOfIPv6_CountTogether()
    {
        using var passwords = new PasswordLimit();
        using var callbacks = new CallbackLimit(new PortalOptions { LoginAttemptsPerMinute = PasswordLimit.AttemptsPerMinute });
        for (var i = 1; i <= PasswordLimit.AttemptsPerMinute; i++)
        {
            Assert.Equal((true, true), (passwords.TryTake($"2001:db8::{i}", "ann"), callbacks.TryTake($"2001:db8::{i}")));
        }

        Assert.Equal((false, false), (passwords.TryTake("2001:db8::ff", "ann"), callbacks.TryTake("2001:db8::ff")));
        Assert.Equal((true, true), (passwords.TryTake("2001:db8:0:1::1", "ann"), callbacks.TryTake("2001:db8:0:1::1")));
    }

    [Fact]
    public async Task Login_SiloLooksAtTooManyPasswords_SaysSoAndToTryAgain()
    {
        using var browser = fixture.Portal.Anonymous();

        using var login = await LogInAsync(browser, FakePeople.Unlucky, FakePeople.Password);

        var problem = await login.ProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(("The silo has too much to do", "2"), ((string?)problem["title"], login.Headers.RetryAfter?.ToString()));
    }

    [Fact]
    public async Task Setup_GoodCode_MakesTheAdminAndABadOneTellsTheNextStep()
    {
        using var browser = fixture.Portal.Anonymous();
        using var form = await browser.GetAsync("/setup?t=%22%3E%3Cscript%3E", Cancel);
        Assert.DoesNotContain("<script>", await form.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        using var weak = await SetUpAsync(browser, FakePeople.SetupCode, "short");
        using var bad = await SetUpAsync(browser, "used before", FakePeople.Password);
        using var good = await SetUpAsync(browser, FakePeople.SetupCode, FakePeople.Password);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized, HttpStatusCode.Redirect), (weak.StatusCode, bad.StatusCode, good.StatusCode));
        Assert.Contains("fleetprof login --setup", await bad.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Account_TheLastAdmin_IsRemovedOnlyWhereThereIsAnIdentityProvider()
    {
        await using var provided = await PortalUnderTest.StartAsync(
            fixture.Silo, 0, "--FleetProf:Portal:Oidc:Authority=http://127.0.0.1:1", "--FleetProf:Portal:Oidc:Groups:0:Name=sre", "--FleetProf:Portal:Oidc:Groups:0:Role=Admin");
        using var alone = fixture.Portal.Authorised();
        using var besides = provided.Authorised();

        using var refused = await RemoveAsync(alone, "ann");
        using var unknown = await RemoveAsync(alone, "no/body");
        using var removed = await RemoveAsync(besides, "ann");

        var problem = await refused.ProblemAsync(HttpStatusCode.Conflict);
        Assert.Contains("fleetprof login --setup", (string?)problem["detail"], StringComparison.Ordinal);
        await unknown.ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Contains("\"ann\"", await alone.GetStringAsync("/api/v1/accounts", Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_EndedInTheSilo_EndsTheCookie()
    {
        using var browser = fixture.Portal.Anonymous();
        fixture.Silo.World.LoginCodes["session-to-end"] = true;
        await browser.GetAsync("/login?t=session-to-end", Cancel);
        fixture.Silo.World.EndedSessions["session-to-end"] = true;

        using var page = await browser.GetAsync("/", Cancel);

        Assert.Equal("/login", page.Headers.Location?.AbsolutePath);
    }

    [Fact]
    public async Task Api_MoreThanTheLimit_IsAnswered429WithRetryAfter()
    {
        await using var portal = await PortalUnderTest.StartAsync(fixture.Silo, 0, "--FleetProf:Portal:ApiRequestsPerSecond=1");
        using var client = portal.Authorised();

        var answers = await AskAsync(client, "/api/v1/me");

        Assert.Equal((HttpStatusCode.OK, ""), answers[0]);
        Assert.Contains((HttpStatusCode.TooManyRequests, "1"), answers);
        Assert.All(answers, answer => Assert.Equal(answer.Status == HttpStatusCode.TooManyRequests ? "1" : "", answer.RetryAfter));
    }

    /// <summary>A page that may not be seen costs the silo a call, whoever asks for it.</summary>
    [Theory]
    [InlineData("/people", HttpStatusCode.Forbidden)]
    [InlineData("/", HttpStatusCode.OK)]
    public async Task Page_MoreThanTheLimit_IsAnswered429AndNeitherFilesNorHealthNorTheApiAre(string path, HttpStatusCode usual)
    {
        await using var portal = await PortalUnderTest.StartAsync(fixture.Silo, 0, "--FleetProf:Portal:ApiRequestsPerSecond=1");
        using var viewer = portal.Anonymous();
        viewer.DefaultRequestHeaders.Authorization = new("Bearer", "fpp_viewer");

        var answers = await AskAsync(viewer, path);

        Assert.Equal((usual, ""), answers[0]);
        Assert.Contains((HttpStatusCode.TooManyRequests, "1"), answers);
        Assert.All(await AskAsync(viewer, "/js/table.js"), answer => Assert.Equal((HttpStatusCode.OK, ""), answer));
        Assert.All(await AskAsync(viewer, "/health/live"), answer => Assert.Equal((HttpStatusCode.OK, ""), answer));
        Assert.Equal((HttpStatusCode.OK, ""), (await AskAsync(viewer, "/api/v1/me"))[0]);
    }

    /// <summary>Once, and then often at the same time: one after the other, slow answers would keep any limit.</summary>
    private static async Task<(HttpStatusCode Status, string RetryAfter)[]> AskAsync(HttpClient client, string path)
    {
        var first = await AskOnceAsync(client, path);
        return [first, .. await Task.WhenAll(Enumerable.Range(0, 19).Select(_ => AskOnceAsync(client, path)))];
    }

    private static async Task<(HttpStatusCode Status, string RetryAfter)> AskOnceAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path, Cancel);
        return (response.StatusCode, response.Headers.RetryAfter?.ToString() ?? "");
    }

    private static Task<HttpResponseMessage> LogInAsync(HttpClient browser, string name, string password, string returnUrl = "/") =>
        browser.PostAsync("/login", new FormUrlEncodedContent(new Dictionary<string, string> { ["name"] = name, ["password"] = password, ["returnUrl"] = returnUrl }), Cancel);

    private static Task<HttpResponseMessage> RemoveAsync(HttpClient client, string name) => client.PostAsJsonAsync("/api/v1/accounts/remove", new { name }, Cancel);

    private static Task<HttpResponseMessage> SetUpAsync(HttpClient browser, string code, string password) =>
        browser.PostAsync("/setup", new FormUrlEncodedContent(new Dictionary<string, string> { ["code"] = code, ["name"] = "ann", ["password"] = password }), Cancel);
}

using System.Net;
using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.Access;

/// <summary>Pages that are opened by their address by somebody who may not see them.</summary>
public sealed class ForbiddenPageTests(PortalFixture fixture)
{
    [Theory]
    [InlineData("fpp_viewer", "/audit", "It needs the permission Audit, which the role admin holds without a limit to services. Yours is viewer.")]
    [InlineData("fpp_limited-admin", "/people", "It needs the permission ManageAccess, which the role admin holds without a limit to services. Yours is admin, limited to some services.")]
    [InlineData("fpp_nothing", "/captures", "It needs the permission See, which the role viewer holds. Yours is none.")]
    public async Task Page_WithoutThePermission_SaysWhichAndWhoHasIt(string code, string address, string sentence)
    {
        using var browser = fixture.Portal.Anonymous();
        fixture.Silo.World.LoginCodes[code] = true;
        using var login = await browser.GetAsync($"/login?t={code}", TestContext.Current.CancellationToken);

        using var response = await browser.GetAsync(address, TestContext.Current.CancellationToken);

        var html = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.Forbidden, "text/html"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Contains($"<p>{sentence}</p>", html, StringComparison.Ordinal);
        Assert.Contains($"<code>{address}</code>", html, StringComparison.Ordinal);
        Assert.Contains((address, code), fixture.Silo.World.Refusals.Select(refusal => (refusal.Item2, refusal.Item3)));
    }

    [Fact]
    public async Task Api_WithoutThePermission_StaysAProblem()
    {
        using var browser = fixture.Portal.Anonymous();
        fixture.Silo.World.LoginCodes["fpp_viewer"] = true;
        using var login = await browser.GetAsync("/login?t=fpp_viewer", TestContext.Current.CancellationToken);

        using var response = await browser.GetAsync("/api/v1/audit", TestContext.Current.CancellationToken);

        await response.ProblemAsync(HttpStatusCode.Forbidden);
    }
}

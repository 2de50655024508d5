using System.Net;
using System.Net.Http.Headers;
using FleetProf.Contracts.Access;
using FleetProf.Portal.Access;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Portal.Tests.Access;

/// <summary>Every route of the portal, made from its endpoints, asked for real by every role.</summary>
[Collection(Together)]
public sealed class RouteMatrixTests(PortalFixture fixture)
{
    /// <summary>For tests that do not bear that every route is asked meanwhile.</summary>
    internal const string Together = "every route";

    /// <summary>Routes that need more than to see, by hand; every other one needs to see. A new route that acts fails until it is here.</summary>
    private static readonly Dictionary<string, Permission> Acting = new()
    {
        ["POST /api/v1/deployments"] = Permission.EditPolicy,
        ["POST /api/v1/comparisons"] = Permission.EditPolicy,
        ["POST /api/v1/services/{service}/experiments"] = Permission.EditPolicy,
        ["POST /api/v1/captures"] = Permission.CaptureTrace,
        ["DELETE /api/v1/captures/{captureId}"] = Permission.CaptureTrace,
        ["POST /api/v1/campaigns"] = Permission.CaptureTrace,
        ["POST /api/v1/campaigns/{campaignId}/stop"] = Permission.CaptureTrace,
        ["POST /api/v1/campaigns/{campaignId}/targets/{captureId}/stop"] = Permission.CaptureTrace,
        ["POST /api/v1/holds"] = Permission.KillSwitch,
        ["POST /api/v1/holds/lift"] = Permission.KillSwitch,
        ["POST /api/v1/alerts"] = Permission.CaptureTrace,
        ["POST /api/v1/captures/{captureId}/pin"] = Permission.EditPolicy,
        ["POST /api/v1/captures/{captureId}/unpin"] = Permission.EditPolicy,
        ["DELETE /api/v1/operations/{operationId}"] = Permission.CaptureTrace,
        ["POST /api/v1/agents/{agentId}/approve"] = Permission.ApproveAgents,
        ["POST /api/v1/agents/{agentId}/revoke"] = Permission.ApproveAgents,
        ["GET /api/v1/join-tokens"] = Permission.ApproveAgents,
        ["POST /api/v1/join-tokens"] = Permission.ApproveAgents,
        ["POST /api/v1/join-tokens/{tokenId}/revoke"] = Permission.ApproveAgents,
        ["POST /api/v1/enrolment/rotate-root"] = Permission.ApproveAgents,
        ["POST /api/v1/login-links"] = Permission.ManageAccess,
        ["POST /api/v1/setup-links"] = Permission.ManageAccess,
        ["GET /api/v1/tokens"] = Permission.ManageAccess,
        ["POST /api/v1/tokens"] = Permission.ManageAccess,
        ["POST /api/v1/tokens/{credentialId}/revoke"] = Permission.ManageAccess,
        ["GET /api/v1/accounts"] = Permission.ManageAccess,
        ["POST /api/v1/accounts/remove"] = Permission.ManageAccess,
        ["GET /api/v1/audit"] = Permission.Audit,
        ["GET /api/v1/audit/head"] = Permission.Audit,
        ["GET /api/v1/audit/export"] = Permission.Audit,
        ["GET /audit"] = Permission.Audit,
        ["GET /people"] = Permission.ManageAccess,
    };

    /// <summary>They change nothing, though their method is one that may.</summary>
    private static readonly string[] Harmless = ["POST /api/v1/campaigns/preview", "POST /logout"];

    [Fact]
    public void Routes_AllOfThem_SayWhatTheyNeed()
    {
        Assert.All(Closed(), endpoint => Assert.True(endpoint.Metadata.GetOrderedMetadata<NeedsAttribute>().Count > 0, $"{NameOf(endpoint)} says nothing"));
        Assert.All(Closed(), endpoint => Assert.Equal(
            Acting.GetValueOrDefault(NameOf(endpoint), Permission.See), endpoint.Metadata.GetOrderedMetadata<NeedsAttribute>().Select(needs => needs.Permission).Max()));
        var names = Closed().Select(NameOf).ToHashSet();
        Assert.All(Acting.Keys, name => Assert.Contains(name, names));
        Assert.All(Closed().Where(IsChange).Where(endpoint => !PathOf(endpoint).StartsWith("/_blazor", StringComparison.Ordinal)).Select(NameOf),
            name => Assert.True(Acting.ContainsKey(name) || Harmless.Contains(name), $"{name} changes something and is not in the table"));
    }

    [Fact]
    public async Task Route_AskedByEveryRole_IsOpenToThoseWhoHoldWhatItNeeds()
    {
        var callers = FakeAccess.RoleTokens.Append(new(FakeAccess.Token, Grants.Everything)).ToArray();
        var wrong = new List<string>();
        var cells = 0;
        foreach (var endpoint in Closed().Where(endpoint => NameOf(endpoint) is not "POST /logout"))
        {
            foreach (var (token, grants) in callers)
            {
                cells++;
                using var client = fixture.Portal.Anonymous();
                client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
                using var request = new HttpRequestMessage(new HttpMethod(MethodOf(endpoint)), Fill(endpoint));
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
                var isAllowed = endpoint.Metadata.GetOrderedMetadata<NeedsAttribute>().All(needs => grants.Allows(needs.Permission));
                if ((response.StatusCode == HttpStatusCode.Forbidden) == isAllowed || response.StatusCode == HttpStatusCode.Unauthorized)
                {
                    wrong.Add($"{NameOf(endpoint)} answers {token} {(int)response.StatusCode}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(cells > 300, $"{cells} cells");
    }

    [Fact]
    public async Task Route_Refused_IsToldToTheAuditLog()
    {
        using var client = fixture.Portal.Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "fpp_viewer");

        using var response = await client.PostAsync("/api/v1/agents/told/approve", null, TestContext.Current.CancellationToken);

        await response.ProblemAsync(HttpStatusCode.Forbidden);
        Assert.Contains(("POST /api/v1/agents/{agentId}/approve", "/api/v1/agents/told/approve", "fpp_viewer"), fixture.Silo.World.Refusals);
    }

    private IEnumerable<RouteEndpoint> Closed() => fixture.Portal.App.Services.GetServices<EndpointDataSource>()
        .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && !PathOf(endpoint).Contains(":file", StringComparison.Ordinal));

    private static bool IsChange(RouteEndpoint endpoint) => MethodOf(endpoint) is not ("GET" or "HEAD");

    private static string MethodOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is { HttpMethods: [var first, ..] } ? first : "GET";

    private static string NameOf(RouteEndpoint endpoint) => $"{MethodOf(endpoint)} {PathOf(endpoint)}";

    private static string PathOf(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.Trim('/');

    private static string Fill(RouteEndpoint endpoint) =>
        "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternSeparatorPart separator => separator.Content,
            _ => "x",
        }))));
}

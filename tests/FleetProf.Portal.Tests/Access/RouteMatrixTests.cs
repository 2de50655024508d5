using System.Net;
using System.Net.Http.Headers;
using System.Text;
using FleetProf.Contracts.Access;
using FleetProf.Portal.Access;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Portal.Tests.Access;

/// <summary>
/// Every route of the portal, made from its endpoints, asked for real by every role, limited to a service and not, about things of that service and of another. Over a fleet of its own,
/// because it does what can be done.
/// </summary>
public sealed class RouteMatrixTests(OwnFleet fleet) : IClassFixture<OwnFleet>
{
    private const string Own = "checkout";

    /// <summary>No text of the portal has this word by chance.</summary>
    private const string Foreign = "fraud-check";

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

    /// <summary>They are about the whole installation, by hand: who is limited to services may not, which only the silo knows.</summary>
    private static readonly string[] OfAll = ["GET /api/v1/agents", "GET /api/v1/enrolment", "GET /api/v1/storage"];

    private enum About
    {
        /// <summary>What the caller's grants hold for, or nothing in particular.</summary>
        Own,

        /// <summary>A list is narrowed down to it; or it is a page, which has its data once it has a circuit.</summary>
        ForeignFilter,

        Foreign,
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Routes_AllOfThem_SayWhatTheyNeed()
    {
        Assert.All(Closed(), endpoint => Assert.True(endpoint.Metadata.GetOrderedMetadata<NeedsAttribute>().Count > 0, $"{NameOf(endpoint)} says nothing"));
        Assert.All(Closed(), endpoint => Assert.Equal(
            Acting.GetValueOrDefault(NameOf(endpoint), Permission.See), endpoint.Metadata.GetOrderedMetadata<NeedsAttribute>().Select(needs => needs.Permission).Max()));
        var names = Closed().Select(NameOf).ToHashSet();
        Assert.All(Acting.Keys.Concat(OfAll), name => Assert.Contains(name, names));
        Assert.All(Closed().Where(IsChange).Where(endpoint => !PathOf(endpoint).StartsWith("/_blazor", StringComparison.Ordinal)).Select(NameOf),
            name => Assert.True(Acting.ContainsKey(name) || Harmless.Contains(name), $"{name} changes something and is not in the table"));
    }

    [Fact]
    public async Task Route_AskedByEveryRoleAboutOwnAndForeignThings_AnswersAsRoleAndScopeAllow()
    {
        var own = await ServiceThings.PlantAsync(fleet, Own, "01kplantedown");
        var foreign = await ServiceThings.PlantAsync(fleet, Foreign, "01kplantedother");
        fleet.Silo.World.Holds[Foreign] = new() { Service = Foreign, Reason = "planted", PlacedBy = "ann", PlacedAt = DateTimeOffset.UnixEpoch };
        var wrong = new List<string>();
        var (cells, told) = (0, 0);
        foreach (var (token, grants) in FakeAccess.RoleTokens.Append(new(FakeAccess.Token, Grants.Everything)))
        {
            using var client = ClientOf(token);
            foreach (var (endpoint, request, about) in Closed().Where(endpoint => NameOf(endpoint) is not "POST /logout").SelectMany(endpoint => RequestsOf(endpoint, own, foreign)))
            {
                cells++;
                var (status, answer) = await AskAsync(client, request);
                if (!IsExpected(endpoint, grants, about, status))
                {
                    wrong.Add($"{request.Method} {request.Target} {request.Body} answers {token} {status}");
                }

                var traces = foreign.Traces.Where(trace => !request.Says(trace) && answer.Contains(trace, StringComparison.Ordinal)).ToList();
                told += grants.CoversAll && traces.Count > 0 ? 1 : 0;
                if (!grants.CoversAll && traces.Count > 0)
                {
                    wrong.Add($"{request.Method} {request.Target} {request.Body} tells {token} of {string.Join(", ", traces)}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(cells > 1_000, $"{cells} cells");
        // Those who may see everything do see what is looked for.
        Assert.True(told > 60, $"{told} answers tell of {Foreign}");
        Assert.Empty(fleet.Silo.World.Forbidden);
    }

    [Fact]
    public async Task Route_Refused_IsToldToTheAuditLog()
    {
        using var client = ClientOf("fpp_viewer");

        using var response = await client.PostAsync("/api/v1/agents/told/approve", null, Cancel);

        await response.ProblemAsync(HttpStatusCode.Forbidden);
        Assert.Contains(
            ("POST /api/v1/agents/{agentId}/approve", "/api/v1/agents/told/approve", "fpp_viewer", "It needs the permission ApproveAgents, which the role admin holds without a limit to services. Yours is viewer."),
            fleet.Silo.World.Refusals);
    }

    [Fact]
    public async Task Route_RefusedToALimitedAdmin_TellsTheLogOfTheLimitAndNotOfTheRole()
    {
        using var client = ClientOf("fpp_limited-admin");

        using var response = await client.PostAsync("/api/v1/agents/limited/approve", null, Cancel);

        await response.ProblemAsync(HttpStatusCode.Forbidden);
        var told = Assert.Single(fleet.Silo.World.Refusals, refusal => refusal.Target == "/api/v1/agents/limited/approve");
        Assert.Equal("It needs the permission ApproveAgents, which the role admin holds without a limit to services. Yours is admin, limited to some services.", told.Reason);
    }

    /// <summary>About own things, and about foreign ones where that makes another request.</summary>
    private static IEnumerable<(RouteEndpoint Endpoint, RouteRequest Request, About About)> RequestsOf(RouteEndpoint endpoint, ServiceThings own, ServiceThings foreign)
    {
        var mine = RouteRequest.AllOf(endpoint, name => IsOurs(endpoint) ? own[name] : "x");
        var others = RouteRequest.AllOf(endpoint, name => IsOurs(endpoint) ? foreign[name] : "x");
        var about = mine[0] == others[0] || IsPage(endpoint) ? About.ForeignFilter : About.Foreign;
        return [.. mine.Select(request => (endpoint, request, About.Own)), .. others.Except(mine).Select(request => (endpoint, request, about))];
    }

    private static bool IsExpected(RouteEndpoint endpoint, Grants grants, About about, int status) =>
        !IsOpenTo(endpoint, grants) ? status == 403
        : !IsOurs(endpoint) ? status is not (401 or 403)
        // What is done already, or cannot be done now, is a conflict: it was looked at.
        : grants.CoversAll || about == About.Own ? status is < 300 or 409
        : about == About.Foreign ? status is 403 or 404
        : status is < 300 or 403;

    private static bool IsOpenTo(RouteEndpoint endpoint, Grants grants) =>
        endpoint.Metadata.GetOrderedMetadata<NeedsAttribute>().All(needs => grants.Allows(needs.Permission)) && (grants.CoversAll || !OfAll.Contains(NameOf(endpoint)));

    private static async Task<(int Status, string Answer)> AskAsync(HttpClient client, RouteRequest request)
    {
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Target);
        message.Content = request.Body is { } body ? new StringContent(body, Encoding.UTF8, "application/json") : null;
        using var response = await client.SendAsync(message, Cancel);
        return ((int)response.StatusCode, $"{response.Headers}{response.Content.Headers}{await response.Content.ReadAsStringAsync(Cancel)}");
    }

    private HttpClient ClientOf(string token)
    {
        var client = fleet.Portal.Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private IEnumerable<RouteEndpoint> Closed() => fleet.Portal.App.Services.GetServices<EndpointDataSource>()
        .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && !PathOf(endpoint).Contains(":file", StringComparison.Ordinal));

    /// <summary>Others are the framework's, for circuits and for what is not found.</summary>
    private static bool IsOurs(RouteEndpoint endpoint) => IsPage(endpoint) || PathOf(endpoint).StartsWith("/api/", StringComparison.Ordinal) || PathOf(endpoint).StartsWith("/openapi/", StringComparison.Ordinal);

    private static bool IsPage(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is { Type.Name: not "NotFoundPage" };

    private static bool IsChange(RouteEndpoint endpoint) => RouteRequest.MethodOf(endpoint) is not ("GET" or "HEAD");

    private static string NameOf(RouteEndpoint endpoint) => $"{RouteRequest.MethodOf(endpoint)} {PathOf(endpoint)}";

    private static string PathOf(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.Trim('/');
}

using System.ComponentModel;
using System.Security.Claims;
using FleetProf.Contracts.Access;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Access;

/// <summary>REST of enrolled agents and of the tokens that they join by.</summary>
internal static class AgentApi
{
    private const string AgentAdvice = "List agents with GET /api/v1/agents.";
    private const string TokenAdvice = "List join tokens with GET /api/v1/join-tokens.";

    public static RouteGroupBuilder MapAgents(this RouteGroupBuilder api)
    {
        var agents = api.MapGroup("/agents").WithTags("Access");
        agents.MapGet("", ListAgentsAsync).WithName("ListAgents").WithSummary("Agents that joined, newest first; or those of them that are silent.");
        agents.MapPost("/{agentId}/approve", ApproveAsync).Needing(Permission.ApproveAgents).WithName("ApproveAgent").WithSummary("Lets a pending agent have its certificate.").ProducesProblem(404);
        agents.MapPost("/{agentId}/revoke", RevokeAgentAsync).Needing(Permission.ApproveAgents).WithName("RevokeAgent").WithSummary("Ends an agent's sessions within seconds and refuses it for ever.").ProducesProblem(404);
        var tokens = api.MapGroup("/join-tokens").WithTags("Access");
        tokens.MapGet("", ListTokensAsync).Needing(Permission.ApproveAgents).WithName("ListJoinTokens").WithSummary("Join tokens without their secrets, newest first.");
        tokens.MapPost("", CreateTokenAsync).Needing(Permission.ApproveAgents).WithName("CreateJoinToken").WithSummary("Makes a join token; it is shown this once.").ProducesProblem(409);
        tokens.MapPost("/{tokenId}/revoke", RevokeTokenAsync).Needing(Permission.ApproveAgents).WithName("RevokeJoinToken").WithSummary("Ends a join token. Agents that joined by it stay.").ProducesProblem(404);
        var enrolment = api.MapGroup("/enrolment").WithTags("Access");
        enrolment.MapGet("", DescribeAsync).WithName("GetEnrolment").WithSummary("Where hosts join, and the authority to pin.");
        enrolment.MapPost("/rotate-root", RotateAsync).Needing(Permission.ApproveAgents).WithName("RotateRoot").WithSummary("The next step of a change of the authority's root.").ProducesProblem(409);
        return api;
    }

    private static IEnrolmentGrain Grain(IClusterClient cluster) => cluster.GetGrain<IEnrolmentGrain>(0);

    private static async Task<Ok<IReadOnlyList<EnrolledAgent>>> ListAgentsAsync(
        IClusterClient cluster,
        [Description("True: only those that may connect and are not connected now, first whose certificate ended or ends first.")] bool silent = false,
        CancellationToken cancellationToken = default) =>
        TypedResults.Ok(await (silent ? Grain(cluster).ListSilentAgentsAsync(cancellationToken) : Grain(cluster).ListAgentsAsync(cancellationToken)));

    private static async Task<Results<NoContent, ProblemHttpResult>> ApproveAsync(string agentId, ClaimsPrincipal user, IClusterClient cluster) =>
        Ids.IsKey(agentId) && await Grain(cluster).ApproveAgentAsync(agentId, PrincipalClaims.NameOf(user))
            ? TypedResults.NoContent()
            : Problem.NotFound("pending agent", agentId, AgentAdvice);

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAgentAsync(string agentId, ClaimsPrincipal user, IClusterClient cluster) =>
        Ids.IsKey(agentId) && await Grain(cluster).RevokeAgentAsync(agentId, PrincipalClaims.NameOf(user), null)
            ? TypedResults.NoContent()
            : Problem.NotFound("agent", agentId, AgentAdvice);

    private static async Task<Ok<IReadOnlyList<JoinToken>>> ListTokensAsync(IClusterClient cluster, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Grain(cluster).ListTokensAsync(cancellationToken));

    private static async Task<Results<Created<JoinTokenCreation>, ProblemHttpResult>> CreateTokenAsync(JoinTokenRequest request, ClaimsPrincipal user, IClusterClient cluster)
    {
        var creation = await Grain(cluster).CreateTokenAsync(request, PrincipalClaims.NameOf(user));
        return creation.Problem is { } problem ? Problem.Conflict("No join token was made", problem) : TypedResults.Created((string?)null, creation);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeTokenAsync(string tokenId, ClaimsPrincipal user, IClusterClient cluster) =>
        Ids.IsKey(tokenId) && await Grain(cluster).RevokeTokenAsync(tokenId, PrincipalClaims.NameOf(user))
            ? TypedResults.NoContent()
            : Problem.NotFound("join token", tokenId, TokenAdvice);

    private static async Task<Ok<EnrolmentInfo>> DescribeAsync(IClusterClient cluster) => TypedResults.Ok(await Grain(cluster).DescribeAsync());

    private static async Task<Results<Ok<RotationStep>, ProblemHttpResult>> RotateAsync(ClaimsPrincipal user, IClusterClient cluster)
    {
        var change = await Grain(cluster).ChangeRootAsync(PrincipalClaims.NameOf(user));
        return change.Problem is { } problem ? Problem.Conflict("The root was not changed", problem) : TypedResults.Ok(new RotationStep(change.Said));
    }
}

using System.Security.Claims;
using FleetProf.Contracts.Access;
using FleetProf.Portal.Hosting;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Access;

/// <summary>REST of API tokens and sessions.</summary>
internal static class PeopleApi
{
    private const string Advice = "List tokens and sessions with GET /api/v1/tokens.";

    public static RouteGroupBuilder MapPeople(this RouteGroupBuilder api)
    {
        api.MapGet("/me", Describe).WithTags("Access").WithName("GetMe").WithSummary("Who asks, and what they may do.");
        var tokens = api.MapGroup("/tokens").WithTags("Access");
        tokens.MapGet("", ListAsync).Needing(Permission.ManageAccess).WithName("ListTokens").WithSummary("API tokens and sessions without their secrets: tokens that work, sessions that do, what has ended; each newest first.");
        tokens.MapPost("", CreateAsync).Needing(Permission.ManageAccess).WithName("CreateToken").WithSummary("Makes an API token; it is shown this once.").ProducesProblem(409);
        tokens.MapPost("/{credentialId}/revoke", RevokeAsync).Needing(Permission.ManageAccess).WithName("RevokeToken")
            .WithSummary("Ends an API token or a session within seconds.").ProducesProblem(404);
        var accounts = api.MapGroup("/accounts").WithTags("Access");
        accounts.MapGet("", ListAccountsAsync).Needing(Permission.ManageAccess).WithName("ListAccounts").WithSummary("Local accounts, by name.");
        accounts.MapPost("/remove", RemoveAccountAsync).Needing(Permission.ManageAccess).WithName("RemoveAccount")
            .WithSummary("Removes a local account and ends its sessions within seconds. API tokens that it made stay.").ProducesProblem(404).ProducesProblem(409);
        api.MapPost("/setup-links", CreateSetupLinkAsync).Needing(Permission.ManageAccess).WithTags("Access").WithName("CreateSetupLink")
            .WithSummary("Makes a link that makes one local admin, once, within 15 minutes.").Produces<SetupLink>(StatusCodes.Status201Created);
        return api;
    }

    private static Ok<Me> Describe(ClaimsPrincipal user) => TypedResults.Ok(new Me(PrincipalClaims.NameOf(user), PrincipalClaims.GrantsOf(user)));

    private static async Task<Ok<IReadOnlyList<Credential>>> ListAsync(IClusterClient cluster, CancellationToken cancellationToken) =>
        TypedResults.Ok(await cluster.GetGrain<IPeopleGrain>(0).ListAsync(cancellationToken));

    private static async Task<Results<Created<ApiTokenCreation>, ProblemHttpResult>> CreateAsync(ApiTokenRequest request, IClusterClient cluster)
    {
        var made = await cluster.GetGrain<IPeopleGrain>(0).CreateTokenAsync(request);
        return made.Problem is { } problem ? Problem.Conflict("No API token was made", problem) : TypedResults.Created((string?)null, made);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(string credentialId, IClusterClient cluster, SessionVerifier sessions)
    {
        if (!Ids.IsKey(credentialId) || !await cluster.GetGrain<IPeopleGrain>(0).RevokeAsync(credentialId))
        {
            return Problem.NotFound("token", credentialId, Advice);
        }

        sessions.End(credentialId);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<IReadOnlyList<LocalAccount>>> ListAccountsAsync(IClusterClient cluster, CancellationToken cancellationToken) =>
        TypedResults.Ok(await cluster.GetGrain<IPeopleGrain>(0).ListAccountsAsync(cancellationToken));

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAccountAsync(AccountName account, IClusterClient cluster, PortalOptions options) =>
        await cluster.GetGrain<IPeopleGrain>(0).RemoveAccountAsync(account.Name, options.Oidc.IsOn) switch
        {
            AccountRemoval.Removed => TypedResults.NoContent(),
            AccountRemoval.LastAdmin => Problem.Conflict(
                "The last local admin stays",
                $"'{account.Name}' is the only local admin, and this portal has no identity provider. Make another with `fleetprof login --setup` first, or set FleetProf:Portal:Oidc."),
            _ => Problem.NotFound("account", account.Name, "List accounts with GET /api/v1/accounts."),
        };

    private static async Task<IResult> CreateSetupLinkAsync(IClusterClient cluster, PortalAddress address) =>
        TypedResults.Created((string?)null, new SetupLink(address.SetupUrl(await cluster.GetGrain<IPeopleGrain>(0).IssueSetupCodeAsync())));
}

using System.Security.Claims;
using FleetProf.Contracts.Access;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace FleetProf.Portal.Access;

/// <summary>Tells the audit log of routes and pages that were refused to somebody who is logged in.</summary>
internal sealed partial class RefusalRecord(IClusterClient cluster, ILogger<RefusalRecord> log) : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _usual = new();

    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Forbidden)
        {
            var endpoint = context.GetEndpoint();
            var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "";
            var reason = Refusals.Sentences(endpoint?.Metadata.GetOrderedMetadata<NeedsAttribute>() ?? [], PrincipalClaims.GrantsOf(context.User));
            await TellAsync($"{context.Request.Method} /{route.TrimStart('/')}", context.Request.Path, context.User, reason);
        }

        await _usual.HandleAsync(next, context, policy, authorizeResult);
    }

    public async Task TellAsync(string action, string target, ClaimsPrincipal user, string reason)
    {
        try
        {
            await cluster.GetGrain<IAuditGrain>(0).RecordRefusalAsync(action, target, reason);
        }
        catch (Exception away) when (SiloFailure.IsUnavailable(away))
        {
            // It stays refused; only the log of this process has it.
            LogRefused(action, target, PrincipalClaims.NameOf(user));
        }
    }

    [LoggerMessage(50, LogLevel.Warning, "{Action} of {Target} refused to {Name}, and the silo could not be told")]
    private partial void LogRefused(string action, string target, string name);
}

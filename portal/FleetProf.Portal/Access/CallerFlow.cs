using System.Diagnostics;
using System.Net;
using System.Security.Claims;
using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Access;

/// <summary>
/// The identity that goes with grain calls. It flows as asynchronous locals do: set in a method, it holds for what that method calls. Where nobody
/// set one, the silo refuses.
/// </summary>
internal static class CallerFlow
{
    /// <summary>From here on calls are those of this user; of nobody when it has no session or token.</summary>
    public static void Enter(ClaimsPrincipal? user, string address)
    {
        if (user is null || PrincipalClaims.CredentialOf(user) is not { Length: > 0 } credential)
        {
            RequestContext.Remove(Caller.Key);
            return;
        }

        RequestContext.Set(Caller.Key, new Caller { CredentialId = credential, Name = PrincipalClaims.NameOf(user), Address = address, CorrelationId = Trace() });
    }

    /// <summary>From here on calls are the portal's own.</summary>
    /// <param name="address">Whom the portal serves by it, where it is somebody without a session.</param>
    public static void EnterAsPortal(string address = "") => RequestContext.Set(Caller.Key, Caller.Portal with { Address = address, CorrelationId = Trace() });

    public static string AddressOf(HttpContext context) => Text(context.Connection.RemoteIpAddress);

    /// <summary>After authentication, before authorization.</summary>
    public static IApplicationBuilder UseCaller(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        Enter(context.User, AddressOf(context));
        return next(context);
    });

    private static string Text(IPAddress? address) => address is null ? "" : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

    private static string Trace() => Activity.Current?.TraceId.ToString() ?? "";
}

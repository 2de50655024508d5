using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace FleetProf.Portal.Access;

/// <summary>Looks again and again whether the session of a long circuit goes on. When it has ended its pages give way to the login page.</summary>
internal sealed class SessionState(SessionVerifier sessions, ILoggerFactory logs) : RevalidatingServerAuthenticationStateProvider(logs)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override TimeSpan RevalidationInterval => Interval;

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        try
        {
            return PrincipalClaims.CredentialOf(authenticationState.User) is { } credential && await sessions.FindAsync(credential) is not null;
        }
        catch (Exception away) when (SiloFailure.IsUnavailable(away))
        {
            // It was good shortly before the silo went. An open page stays, and goes on by itself.
            return true;
        }
    }
}

using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace FleetProf.Portal.Access;

/// <summary>Whatever comes in over a circuit is done in the name of its user; from one whose session has ended nothing is taken any more.</summary>
internal sealed class CircuitGuard(AuthenticationStateProvider login, CircuitAddress address) : CircuitHandler
{
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) => async context =>
    {
        var user = (await login.GetAuthenticationStateAsync()).User;
        if (PrincipalClaims.CredentialOf(user) is null)
        {
            return;
        }

        CallerFlow.Enter(user, address.Text);
        await next(context);
    };
}

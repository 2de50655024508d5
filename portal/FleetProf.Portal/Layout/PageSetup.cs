using FleetProf.Contracts.Access;
using FleetProf.Portal.Access;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor.Services;

namespace FleetProf.Portal.Layout;

/// <summary>Composition of the pages.</summary>
internal static class PageSetup
{
    public static WebApplicationBuilder AddPages(this WebApplicationBuilder builder)
    {
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddScoped<AuthenticationStateProvider, SessionState>();
        builder.Services.AddAntiforgery(static antiforgery => antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest);
        builder.Services.AddMudServices();
        return builder;
    }

    public static IEndpointRouteBuilder MapPages(this IEndpointRouteBuilder routes)
    {
        routes.MapStaticAssets().AllowAnonymous();
        routes.MapRazorComponents<App>().AddInteractiveServerRenderMode().Needing(Permission.See);
        return routes;
    }
}

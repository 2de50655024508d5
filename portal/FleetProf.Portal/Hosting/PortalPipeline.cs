using FleetProf.Portal.Access;
using FleetProf.Portal.Connection;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Problems;

namespace FleetProf.Portal.Hosting;

/// <summary>What every request passes before its route.</summary>
internal static class PortalPipeline
{
    public static WebApplication UsePortal(this WebApplication app)
    {
        // First of all: limits, the audit log, cookies and links go by the address, scheme and host.
        app.UseForwardedHeaders();
        app.UseSecurityHeaders();
        app.UseResponseCompression();
        app.UseExceptionHandler();
        app.UseWhen(static context => Refusals.WantsProblem(context.Request), static api => api.UseStatusCodePages());
        app.UseWhen(static context => !Refusals.WantsProblem(context.Request), static pages => pages.UseStatusCodePagesWithReExecute(NotFoundPage.Path, createScopeForStatusCodePages: true));
        app.Use(static (context, next) => NeedsSilo(context) ? AnswerUnavailableAsync(context) : next(context));
        app.UseCrossSiteGuard();
        app.UseRouting();
        app.UseRouteSlashes();
        app.UseOidcLimit();
        app.UseAuthentication();
        app.UseCaller();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseEnumQuery();
        app.UseAntiforgery();
        return app;
    }

    private static bool NeedsSilo(HttpContext context) =>
        (context.Request.Path.StartsWithSegments("/api")
            || (context.Request.Path.StartsWithSegments(LoginApi.Path) && context.Request.Query.Keys.Any(LoginApi.AsksTheSilo)))
        && !context.RequestServices.GetRequiredService<SiloConnection>().IsConnected;

    private static Task AnswerUnavailableAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "2";
        return Problem.SiloUnavailable().ExecuteAsync(context);
    }
}

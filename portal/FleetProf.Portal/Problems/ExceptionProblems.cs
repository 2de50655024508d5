using System.Security.Authentication;
using System.Text.Json;
using FleetProf.Contracts;
using FleetProf.Portal.Access;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Problems;

/// <summary>Turns what escaped a handler into a problem; only real bugs are logged as errors.</summary>
internal sealed partial class ExceptionProblems(ILogger<ExceptionProblems> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = Of(httpContext, exception);
        if (problem.StatusCode == StatusCodes.Status503ServiceUnavailable)
        {
            httpContext.Response.Headers.RetryAfter = "2";
            LogUnavailable(httpContext.Request.Path, exception.Message);
        }
        else if (problem.StatusCode >= 500)
        {
            LogBug(exception, httpContext.Request.Method, httpContext.Request.Path);
        }

        await problem.ExecuteAsync(httpContext);
        return true;
    }

    private static ProblemHttpResult Of(HttpContext context, Exception exception) => exception switch
    {
        BadHttpRequestException { InnerException: JsonException malformed } => Problem.Invalid(JsonProblem.FieldOf(malformed), JsonProblem.MessageOf(malformed)),
        BadHttpRequestException bad => BindingProblem.Of(context, bad),
        _ when StateDamage.In(exception) is { } damage => Problem.Conflict("State is damaged", damage),
        GatewayTooBusyException => Problem.SiloBusy(),
        _ when CatalogOutage.IsCauseOf(exception) => Problem.DatabaseAway(),
        _ when SiloFailure.IsUnavailable(exception) => Problem.SiloUnavailable(),
        UnauthorizedAccessException => Refusals.Forbidden(),
        AuthenticationException => Refusals.Unauthenticated(),
        _ => TypedResults.Problem(
            statusCode: StatusCodes.Status500InternalServerError,
            title: "The portal failed",
            detail: "This is a fault of FleetProf. Look for the trace id in the portal's log and report it."),
    };

    [LoggerMessage(30, LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogBug(Exception exception, string method, string path);

    [LoggerMessage(31, LogLevel.Warning, "{Path}: the silo did not answer ({Reason})")]
    private partial void LogUnavailable(string path, string reason);
}

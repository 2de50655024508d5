using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;

namespace FleetProf.Portal.Problems;

/// <summary>What every RFC 9457 problem of the portal carries, also those that the framework makes.</summary>
internal static class ProblemSetup
{
    public static void Configure(ProblemDetailsOptions options) => options.CustomizeProblemDetails = static context =>
    {
        var problem = context.ProblemDetails;
        problem.Type ??= "about:blank";
        problem.Instance = context.HttpContext.Request.Path;
        problem.Extensions["traceId"] = Activity.Current?.Id ?? context.HttpContext.TraceIdentifier;
        if (problem.Detail is null)
        {
            Explain(problem, context.HttpContext);
        }
    };

    private static void Explain(ProblemDetails problem, HttpContext context)
    {
        if (problem is HttpValidationProblemDetails validation)
        {
            // The framework names C# members; callers know the names of REST.
            validation.Errors = validation.Errors.ToDictionary(
                field => JsonNamingPolicy.CamelCase.ConvertName(field.Key),
                field => Array.ConvertAll(field.Value, message => message.Replace($"The field {field.Key}", "It", StringComparison.Ordinal)),
                StringComparer.Ordinal);
            problem.Title = Problem.InvalidTitle;
            problem.Detail = string.Join(' ', validation.Errors.Select(field => $"{field.Key}: {string.Join(' ', field.Value)}"));
            return;
        }

        problem.Detail = problem.Status switch
        {
            StatusCodes.Status404NotFound => "There is nothing at this address. See /openapi/v1.json.",
            StatusCodes.Status405MethodNotAllowed => $"This address takes {context.Response.Headers.Allow}. See /openapi/v1.json.",
            StatusCodes.Status413PayloadTooLarge => "The body may have 1 MB at most.",
            StatusCodes.Status415UnsupportedMediaType => "Send JSON with Content-Type: application/json.",
            _ => null,
        };
    }
}

using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Problems;

/// <summary>Builds the problems that the portal answers; each detail says what to do next.</summary>
internal static class Problem
{
    public const string InvalidTitle = "The request is not valid";

    public static ProblemHttpResult NotFound(string what, string id, string nextStep) => TypedResults.Problem(
        statusCode: StatusCodes.Status404NotFound, title: $"No such {what}", detail: $"There is no {what} '{id}'. {nextStep}");

    public static ProblemHttpResult Conflict(string title, string detail) =>
        TypedResults.Problem(statusCode: StatusCodes.Status409Conflict, title: title, detail: detail);

    public static ProblemHttpResult Invalid(string field, string message) => Invalid([new(field, message)]);

    /// <summary>400 with all wrong fields at once.</summary>
    public static ProblemHttpResult Invalid(IReadOnlyList<FieldProblem> problems)
    {
        var errors = problems
            .GroupBy(problem => problem.Field, StringComparer.Ordinal)
            .ToDictionary(field => field.Key, field => field.Select(problem => problem.Message).ToArray(), StringComparer.Ordinal);
        return TypedResults.Problem(new HttpValidationProblemDetails(errors)
        {
            Status = StatusCodes.Status400BadRequest,
            Title = InvalidTitle,
            Detail = string.Join(' ', problems.Select(problem => $"{problem.Field}: {problem.Message}")),
        });
    }

    /// <summary>It is there, and did not look at what was asked.</summary>
    public static ProblemHttpResult SiloBusy() => TypedResults.Problem(
        statusCode: StatusCodes.Status503ServiceUnavailable, title: "The silo has too much to do", detail: "It did not look at this, and nothing was done. Try again in a few seconds.");

    /// <summary>There is nothing to capture until agents have come back, as after a restart of the silo.</summary>
    public static ProblemHttpResult AgentsAway(string detail) =>
        TypedResults.Problem(statusCode: StatusCodes.Status503ServiceUnavailable, title: "Agents are coming back", detail: detail);

    /// <summary>The silo is there without its database. What it says of that names hosts, which are not for everybody who asks.</summary>
    public static ProblemHttpResult DatabaseAway() => TypedResults.Problem(
        statusCode: StatusCodes.Status503ServiceUnavailable,
        title: "The silo cannot use its database",
        detail: "The silo runs and goes on by itself as soon as its database does its work again. What is wrong and what to do about it say the portal's log and the silo's /health/ready. Repeat the request then.");

    public static ProblemHttpResult SiloUnavailable() => TypedResults.Problem(
        statusCode: StatusCodes.Status503ServiceUnavailable,
        title: "The silo cannot be reached",
        detail: "The portal has no connection to its silo and keeps trying. Check that the silo runs and that FleetProf:Portal:SiloGateway points to it, then repeat the request.");
}

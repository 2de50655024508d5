using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Problems;

/// <summary>Says which parameter could not be read and what it may be.</summary>
internal static partial class BindingProblem
{
    public static ProblemHttpResult Of(HttpContext context, BadHttpRequestException bad)
    {
        if (bad.StatusCode != StatusCodes.Status400BadRequest)
        {
            return TypedResults.Problem(statusCode: bad.StatusCode, title: Problem.InvalidTitle, detail: bad.Message);
        }

        // The exception handler hides the endpoint that failed in its own feature.
        var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerPathFeature>()?.Endpoint;
        if (Missing().Match(bad.Message) is { Success: true } missing)
        {
            return Problem.Invalid(FieldOf(missing), $"Required: {Expected(TypeOf(endpoint, missing.Groups["name"].Value))}.");
        }

        var unread = Unread().Match(bad.Message);
        if (!unread.Success)
        {
            return Problem.Invalid("body", bad.Message.Contains("body", StringComparison.OrdinalIgnoreCase)
                ? "A JSON body is required. Send it with Content-Type: application/json."
                : bad.Message);
        }

        return Problem.Invalid(FieldOf(unread), $"'{unread.Groups["value"].Value}' is not {Expected(TypeOf(endpoint, unread.Groups["name"].Value))}.");
    }

    /// <summary>In words: what a parameter of this type takes.</summary>
    public static string Expected(Type? type) => (type is null ? null : Nullable.GetUnderlyingType(type) ?? type) switch
    {
        { IsEnum: true } names => $"one of {string.Join(", ", Enum.GetNames(names).Select(JsonNamingPolicy.CamelCase.ConvertName))}",
        { } number when number == typeof(int) => "a whole number",
        { } time when time == typeof(DateTimeOffset) => "a time such as 2026-01-31T13:00:00Z",
        { } flag when flag == typeof(bool) => "true or false",
        _ => "a value that can be read",
    };

    private static string FieldOf(Match match) => JsonNamingPolicy.CamelCase.ConvertName(match.Groups["name"].Value);

    private static Type? TypeOf(Endpoint? endpoint, string name) => endpoint?.Metadata.GetMetadata<MethodInfo>() is { } handler
        ? handler.GetParameters().SelectMany(EnumQuery.Flatten).FirstOrDefault(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Type
        : null;

    [GeneratedRegex("""Required parameter "\S+ (?<name>\w+)" was not provided from query string""")]
    private static partial Regex Missing();

    [GeneratedRegex("""Failed to bind parameter "\S+ (?<name>\w+)" from "(?<value>.*)"\.""", RegexOptions.Singleline)]
    private static partial Regex Unread();
}

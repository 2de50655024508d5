using System.Text.Json;
using System.Text.RegularExpressions;

namespace FleetProf.Portal.Problems;

/// <summary>Says what is wrong with a JSON body in the words of REST, without the names of our types.</summary>
internal static partial class JsonProblem
{
    /// <summary>Path as "selector.services"; "body" for the whole.</summary>
    public static string FieldOf(JsonException malformed)
    {
        var path = malformed.Path is { Length: > 2 } text && text.StartsWith("$.", StringComparison.Ordinal) ? text[2..] : "";
        return path.Length > 0 ? path : Names().Match(malformed.Message) is { Success: true } missing ? missing.Groups[1].Value : "body";
    }

    public static string MessageOf(JsonException malformed) => malformed.Message switch
    {
        var text when text.Contains("missing required properties", StringComparison.Ordinal) =>
            $"Required: {string.Join(", ", Names().Matches(text[text.IndexOf("including", StringComparison.Ordinal)..]).Select(name => name.Groups[1].Value))}.",
        var text when text.Contains("null", StringComparison.Ordinal) && text.Contains("nullability", StringComparison.Ordinal) => "It must not be null. Leave it out for its default.",
        var text when text.Contains("could not be mapped to any .NET member", StringComparison.Ordinal) => "Unknown field. Remove it, or see /openapi/v1.json for the known ones.",
        var text when text.Contains("could not be converted", StringComparison.Ordinal) => "The value has the wrong type or is not one of the allowed values. See /openapi/v1.json.",
        _ => "The body is not valid JSON. Send a JSON object with Content-Type: application/json.",
    };

    [GeneratedRegex("'([a-z][A-Za-z0-9]*)'")]
    private static partial Regex Names();
}

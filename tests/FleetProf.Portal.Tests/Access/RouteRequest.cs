using System.Reflection;
using System.Text.Json;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Access;
using FleetProf.Portal.Budgets;
using FleetProf.Portal.Captures;
using FleetProf.Portal.Comparisons;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace FleetProf.Portal.Tests.Access;

/// <summary>A request that a route can answer, made from its endpoint.</summary>
/// <param name="Method">Of HTTP.</param>
/// <param name="Target">Path and query.</param>
/// <param name="Body">JSON; null: none.</param>
internal sealed record RouteRequest(string Method, string Target, string? Body)
{
    /// <summary>By what a route takes, with the service that it is about. A new one fails until it is here.</summary>
    private static readonly Dictionary<Type, Func<string, object>> Bodies = new()
    {
        [typeof(DeployAnnouncement)] = service => new { service, version = "9.9.9", startedAt = DateTimeOffset.UnixEpoch.AddDays(20_000) },
        [typeof(ComparisonRequest)] = service => new { service },
        [typeof(ExperimentOrder)] = _ => new { rule = "gen0-budget-small" },
        [typeof(CaptureRequest)] = service => new { service, kind = "gc" },
        [typeof(CampaignSpec)] = service => new { selector = new { services = new[] { service } }, kinds = new[] { "gc" }, sampleSize = 1 },
        [typeof(HoldRequest)] = service => new { service, reason = "planted" },
        [typeof(HoldLift)] = service => new { service, reason = "planted" },
        [typeof(AlertNotice)] = service => new { service, reason = "planted" },
        [typeof(ApiTokenRequest)] = _ => new { name = "planted" },
        [typeof(JoinTokenRequest)] = _ => new { maxUses = 1 },
        [typeof(AccountName)] = _ => new { name = "ann" },
    };

    /// <summary>With all that the route requires, and then with each further parameter alone: several would leave little of a list.</summary>
    /// <param name="endpoint">Of the route.</param>
    /// <param name="valueOf">Of a parameter.</param>
    public static IReadOnlyList<RouteRequest> AllOf(RouteEndpoint endpoint, Func<string, string> valueOf)
    {
        var path = "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternSeparatorPart separator => separator.Content,
            RoutePatternParameterPart parameter => Uri.EscapeDataString(valueOf(parameter.Name)),
            _ => throw new InvalidOperationException($"{endpoint.DisplayName} has a {part.PartKind}."),
        }))));
        var query = QueryOf(endpoint).ToList();
        var needed = query.Where(parameter => parameter.IsRequired).Select(parameter => Pair(parameter.Name)).ToList();
        var body = endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is { } type ? JsonSerializer.Serialize(BodyOf(type, valueOf("service"))) : null;
        return
        [
            Request(needed),
            .. query.Where(parameter => !parameter.IsRequired).Select(parameter => Request([.. needed, Pair(parameter.Name)])),
        ];

        string Pair(string name) => $"{name}={Uri.EscapeDataString(valueOf(name))}";
        RouteRequest Request(IReadOnlyList<string> pairs) => new(MethodOf(endpoint), pairs.Count == 0 ? path : $"{path}?{string.Join('&', pairs)}", body);
    }

    public static string MethodOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is { HttpMethods: [var first, ..] } ? first : "GET";

    /// <summary>An answer may say back what whoever asks has said.</summary>
    public bool Says(string text) => Target.Contains(text, StringComparison.Ordinal) || Body?.Contains(text, StringComparison.Ordinal) == true;

    /// <summary>Texts, which may name something, and whatever is required; times, numbers and choices narrow an answer down and name nothing.</summary>
    private static IEnumerable<(string Name, bool IsRequired)> QueryOf(RouteEndpoint endpoint) => (endpoint.Metadata.GetMetadata<MethodInfo>()?.GetParameters() ?? [])
        .SelectMany(parameter => EnumQuery.Flatten(parameter).Select(flat => (flat.Name, flat.Type, IsRequired: IsRequired(parameter))))
        .Where(parameter => parameter.Type == typeof(string) || (parameter.Type.IsEnum && parameter.IsRequired))
        .Where(parameter => endpoint.RoutePattern.GetParameter(parameter.Name) is null)
        .Select(parameter => (parameter.Name, parameter.IsRequired));

    /// <summary>Records of parameters leave all of them to the caller.</summary>
    private static bool IsRequired(ParameterInfo parameter) => !parameter.HasDefaultValue && parameter.ParameterType is { } type && (type.IsEnum || type == typeof(string))
        && new NullabilityInfoContext().Create(parameter).ReadState != NullabilityState.Nullable;

    private static object BodyOf(Type type, string service) =>
        Bodies.TryGetValue(type, out var make) ? make(service) : throw new InvalidOperationException($"{type.Name} is a new body: say here what it holds.");
}

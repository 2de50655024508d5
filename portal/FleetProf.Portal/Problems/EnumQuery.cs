using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Primitives;

namespace FleetProf.Portal.Problems;

/// <summary>
/// Reads enum parameters by the names that REST uses ("gcdump"). The framework's own binding wants the C# spelling and takes any number.
/// </summary>
internal static class EnumQuery
{
    private static readonly ConcurrentDictionary<MethodInfo, (string Name, Type Enum)[]> Known = new();

    public static IApplicationBuilder UseEnumQuery(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<MethodInfo>() is not { } handler || Known.GetOrAdd(handler, Parameters) is not { Length: > 0 } parameters)
        {
            return next(context);
        }

        var values = context.Request.Query.ToDictionary(StringComparer.OrdinalIgnoreCase);
        var problems = parameters.Where(parameter => values.ContainsKey(parameter.Name)).Select(parameter => Spell(values, parameter)).OfType<FieldProblem>().ToArray();
        if (problems.Length > 0)
        {
            return Problem.Invalid(problems).ExecuteAsync(context);
        }

        context.Request.Query = new QueryCollection(values);
        return next(context);
    });

    /// <summary>Query parameters of a handler, those inside a parameter record included.</summary>
    public static IEnumerable<(string Name, Type Type)> Flatten(ParameterInfo parameter) => parameter.GetCustomAttribute<AsParametersAttribute>() is null
        ? [(parameter.Name ?? "", parameter.ParameterType)]
        : parameter.ParameterType.GetProperties().Select(property => (property.GetCustomAttribute<FromQueryAttribute>()?.Name ?? property.Name, property.PropertyType));

    private static FieldProblem? Spell(Dictionary<string, StringValues> values, (string Name, Type Enum) parameter)
    {
        var text = values[parameter.Name].ToString();
        var name = Enum.GetNames(parameter.Enum).FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (name is null)
        {
            return new(JsonNamingPolicy.CamelCase.ConvertName(parameter.Name), $"'{text}' is not {BindingProblem.Expected(parameter.Enum)}.");
        }

        values[parameter.Name] = name;
        return null;
    }

    private static (string, Type)[] Parameters(MethodInfo handler) =>
    [
        .. handler.GetParameters().SelectMany(Flatten)
            .Select(parameter => (parameter.Name, Type: Nullable.GetUnderlyingType(parameter.Type) ?? parameter.Type))
            .Where(parameter => parameter.Type.IsEnum),
    ];
}

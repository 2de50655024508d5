namespace FleetProf.Portal.Problems;

/// <summary>Refuses query parameters that a route does not know: a typo must not silently widen a result.</summary>
internal static class StrictQuery
{
    public static EndpointFilterDelegate Create(EndpointFilterFactoryContext route, EndpointFilterDelegate next)
    {
        var known = route.MethodInfo.GetParameters().SelectMany(EnumQuery.Flatten).Where(parameter => IsSimple(parameter.Type))
            .Select(parameter => parameter.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return context =>
        {
            var problems = Unknown(context.HttpContext, known).ToArray();
            return problems.Length == 0 ? next(context) : ValueTask.FromResult<object?>(Problem.Invalid(problems));
        };
    }

    private static IEnumerable<FieldProblem> Unknown(HttpContext context, HashSet<string> known)
    {
        var taken = known.Where(name => !context.Request.RouteValues.ContainsKey(name)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var advice = taken.Count == 0 ? "Unknown parameter; this route takes none." : $"Unknown parameter. Known: {string.Join(", ", taken.Order(StringComparer.Ordinal))}.";
        return context.Request.Query.Keys.Where(name => !taken.Contains(name)).Select(name => new FieldProblem(name, advice));
    }

    private static bool IsSimple(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        return bare.IsEnum || bare.IsPrimitive || bare == typeof(string) || bare == typeof(string[]) || bare == typeof(DateTimeOffset);
    }
}

namespace FleetProf.Portal.Hosting;

/// <summary>
/// A service may have a slash in its name ("team/shop"). In what a route takes from a path the framework has unescaped everything but that; here %2F becomes
/// the slash that it stands for, as the router of pages does by itself. A name with "%2F" written out in it comes as %252F, looks the same by now and is taken
/// for the one with a slash: names with slashes are real, such a name would be somebody's joke.
/// </summary>
internal static class RouteSlashes
{
    private const string Escaped = "%2F";

    /// <summary>After routing: before it the slash would part the path.</summary>
    public static IApplicationBuilder UseRouteSlashes(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        foreach (var (name, value) in context.Request.RouteValues.ToArray())
        {
            if (value is string text)
            {
                context.Request.RouteValues[name] = text.Replace(Escaped, "/", StringComparison.OrdinalIgnoreCase);
            }
        }

        return next(context);
    });
}

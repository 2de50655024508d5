namespace FleetProf.Cli.Server;

/// <summary>A path with a query of the values that are there.</summary>
internal static class QueryPath
{
    public static string Of(string path, params (string Name, string? Value)[] query)
    {
        var given = query.Where(pair => pair.Value is not null).Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}").ToArray();
        return given.Length == 0 ? path : $"{path}?{string.Join('&', given)}";
    }

    /// <summary>An id as one path segment, whatever is in it.</summary>
    public static string Segment(string id) => Uri.EscapeDataString(id);
}

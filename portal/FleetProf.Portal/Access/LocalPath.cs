namespace FleetProf.Portal.Access;

/// <summary>Return addresses come from the query: only paths of this portal are followed.</summary>
internal static class LocalPath
{
    public static string OrHome(string? path) => IsLocal(path) ? path! : "/";

    private static bool IsLocal(string? path) =>
        path is { Length: > 0 and <= 2048 }
        && path[0] == '/'
        && (path.Length == 1 || (path[1] is not '/' and not '\\'))
        && !path.Any(char.IsControl)
        && !path.StartsWith(LoginApi.Path, StringComparison.OrdinalIgnoreCase);
}

namespace FleetProf.Silo.Captures.Analyses;

/// <summary>Finds the analyzer that belongs to this silo.</summary>
internal static class AnalyzerCommand
{
    private const string Name = "FleetProf.Analyzer";

    /// <summary>The words that start it: an executable, or the dotnet host and a dll.</summary>
    /// <param name="configured">FleetProf:Silo:AnalyzerPath; null looks beside the silo and then in the analyzer's own build output.</param>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static string[] Find(string? configured)
    {
        // Without "..": where the analyzer is kept apart, only the folders that it needs are there.
        var path = (configured ?? Candidates().FirstOrDefault(File.Exists)) is { } found ? Path.GetFullPath(found) : null;
        return path switch
        {
            null => throw new InvalidOperationException($"{Name}.dll was found neither beside the silo nor in its build output. Set FleetProf:Silo:AnalyzerPath."),
            _ when path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) => [Host(), path],
            _ => [path],
        };
    }

    private static IEnumerable<string> Candidates()
    {
        var folder = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        yield return Path.Combine(folder, $"{Name}.dll");

        // .artifacts/bin/PROJECT/FLAVOUR/
        yield return Path.Combine(folder, "..", "..", Name, Path.GetFileName(folder), $"{Name}.dll");

        // Published as one file. Last: builds leave an executable of this name beside the silo that needs the dll it is not beside.
        yield return Path.Combine(folder, Name);
    }

    private static string Host() =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
}

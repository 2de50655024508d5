namespace FleetProf.Agent.Discovery;

/// <summary>Programs by entry assembly that are no services: tools of the SDK, and FleetProf's own processes.</summary>
public sealed class IgnoredPrograms(IEnumerable<string> names)
{
    /// <summary>What is ignored unless the option says otherwise.</summary>
    public static IReadOnlyList<string> Default { get; } =
    [
        "FleetProf.Agent", "FleetProf.Analyzer", "FleetProf.Portal", "FleetProf.Silo", "fleetprof",
        "dotnet", "MSBuild", "VBCSCompiler", "csc", "vbc", "rzc", "NuGet", "testhost", "testhost.x86", "vstest.console", "datacollector",
        "dotnet-counters", "dotnet-dump", "dotnet-gcdump", "dotnet-monitor", "dotnet-stack", "dotnet-symbol", "dotnet-trace", "dotnet-watch", "dotnet-ef",
        "Microsoft.CodeAnalysis.LanguageServer", "Microsoft.CodeAnalysis.Workspaces.MSBuild.BuildHost", "OmniSharp",
    ];

    private readonly HashSet<string> names = new(names, StringComparer.OrdinalIgnoreCase);

    public bool Contains(string entryAssembly) => names.Contains(entryAssembly);
}

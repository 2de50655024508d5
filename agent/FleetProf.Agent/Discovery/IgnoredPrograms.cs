namespace FleetProf.Agent.Discovery;

/// <summary>What is not watched: programs by entry assembly that are no services (tools of the SDK, FleetProf's own processes), and services beside the wanted ones.</summary>
/// <param name="names">Entry assemblies.</param>
/// <param name="only">Services that are wanted; null: all.</param>
public sealed class IgnoredPrograms(IEnumerable<string> names, IEnumerable<string>? only = null)
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

    private readonly HashSet<string>? only = only is null ? null : new(only, StringComparer.OrdinalIgnoreCase);

    public bool Contains(string entryAssembly) => names.Contains(entryAssembly);

    public bool ContainsService(string service) => only?.Contains(service) == false;
}

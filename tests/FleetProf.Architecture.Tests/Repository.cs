using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace FleetProf.Architecture.Tests;

/// <summary>The sources as they lie on disk.</summary>
internal static class Repository
{
    public static readonly string Root = FindRoot();

    private static readonly string[] ProductionFolders = ["agent", "contracts", "portal", "silo"];

    /// <summary>Projects that ship, by name.</summary>
    public static IReadOnlyDictionary<string, string> Projects { get; } = ProductionFolders
        .SelectMany(folder => Directory.GetFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories))
        .ToDictionary(path => Path.GetFileNameWithoutExtension(path)!, StringComparer.Ordinal);

    /// <summary>Files of the projects that ship, relative to the root, without build output.</summary>
    public static IReadOnlyList<string> ProductionFiles(string pattern) =>
        [.. ProductionFolders.SelectMany(folder => Files(folder, pattern))];

    public static IReadOnlyList<string> Files(string folder, string pattern) =>
        [.. Directory.GetFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or ".artifacts"))
            .Order(StringComparer.Ordinal)];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static int LinesOf(string path) => File.ReadLines(Path.Combine(Root, path)).Count();

    public static XDocument Project(string name) => XDocument.Load(Projects[name]);

    /// <summary>Values of Include of an item, in file order.</summary>
    public static IReadOnlyList<string> Items(string project, string item) =>
        [.. Project(project).Descendants(item).Select(element => element.Attribute("Include")!.Value)];

    private static string FindRoot([CallerFilePath] string here = "")
    {
        var folder = Path.GetDirectoryName(here)!;
        while (!File.Exists(Path.Combine(folder, "FleetProf.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("FleetProf.sln is in no folder above the tests.");
        }

        return folder;
    }
}

namespace FleetProf.Architecture.Tests;

/// <summary>A stranger finds the right file by its name: the same nouns are folders in every layer.</summary>
public sealed class LayoutTests
{
    private static readonly string[] Nouns =
        ["Access", "Allocations", "Budgets", "Campaigns", "Captures", "Comparisons", "Diagnoses", "Fleet", "GcPauses", "Heaps", "Profiles"];

    /// <summary>What is no noun of the product but a seam of one process. Adding one is a decision: say why in the commit.</summary>
    private static readonly Dictionary<string, string[]> Seams = new(StringComparer.Ordinal)
    {
        ["FleetProf.Contracts"] = ["Protocol"],
        ["FleetProf.Measures"] = ["Traces"],
        ["FleetProf.Analysis"] = [],
        ["FleetProf.Analyzer"] = ["Confinement", "Nettrace"],
        ["FleetProf.Silo"] = ["Gateway", "Hosting", "Storage"],
        ["FleetProf.Agent"] = ["Collectors", "Control", "Discovery", "Hosting", "Redaction", "Upload"],
        ["FleetProf.Portal"] = ["Connection", "Hosting", "Layout", "Operations", "Problems", "Properties", "wwwroot"],
        ["FleetProf.Cli"] = ["Agents", "Analyze", "Demo", "Server", "Terminal", "Up"],
    };

    private static readonly string[] TopLevel =
        ["silo", "agent", "portal", "contracts", "tests", "docs", "FleetProf.sln", "docker-compose.yml", "README.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE"];

    private static readonly string[] EmptyNames = ["Helper", "Helpers", "Util", "Utils", "Utility", "Manager", "Common", "Core", "Processor", "Base"];

    public static TheoryData<string> Projects => [.. Repository.Projects.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_OfEveryProject_AreNounsOrKnownSeams(string project)
    {
        var folders = Directory.GetDirectories(Path.GetDirectoryName(Repository.Projects[project])!).Select(Path.GetFileName).Where(name => name is not ("bin" or "obj"));

        Assert.Subset(Nouns.Concat(Seams[project]).ToHashSet(), folders.ToHashSet()!);
    }

    [Fact]
    public void TopLevel_Always_HoldsTheAgreedEntries()
    {
        var entries = Directory.GetFileSystemEntries(Repository.Root).Select(Path.GetFileName)
            .Where(name => !name!.StartsWith('.') && !name.StartsWith("Directory.", StringComparison.Ordinal));

        Assert.Subset(TopLevel.ToHashSet(), entries.ToHashSet()!);
    }

    [Fact]
    public void Namespaces_OfProductionFiles_AreTheirFolders() => Assert.All(Repository.ProductionFiles("*.cs"), path =>
    {
        var declared = File.ReadLines(Path.Combine(Repository.Root, path)).FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal));
        if (declared is not null)
        {
            // "silo/FleetProf.Silo/Fleet/X.cs": the project folder is the root namespace.
            var expected = string.Join('.', path.Split('/')[1..^1]);
            Assert.True(declared == $"namespace {expected};", $"{path} declares {declared}");
        }
    });

    [Fact]
    public void Names_OfProductionFiles_SayWhatIsInside() => Assert.All(Repository.ProductionFiles("*.cs"), path =>
        Assert.DoesNotContain(EmptyNames, word => Path.GetFileName(path).Split('.')[0].EndsWith(word, StringComparison.Ordinal)));

    [Fact]
    public void Readme_Always_IsShortAndStartsWithACommand()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "README.md"));

        Assert.True(lines.Length <= 120, $"README.md has {lines.Length} lines.");
        Assert.Contains(lines.Take(25), line => line.Contains("dotnet run", StringComparison.Ordinal));
    }

    [Fact]
    public void Links_OfTheGuides_LeadSomewhere()
    {
        string[] guides = [.. Directory.GetFiles(Repository.Root, "*.md").Select(path => Path.GetRelativePath(Repository.Root, path)), .. Repository.Files("docs", "*.md")];
        Assert.All(guides, guide => Assert.All(
            System.Text.RegularExpressions.Regex.Matches(Repository.Read(guide), @"\]\((?!https?:|#)([^)#]+)").Select(match => match.Groups[1].Value),
            target => Assert.True(Path.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(guide)!, target)), $"{guide} links to {target}, which is not there.")));
    }
}

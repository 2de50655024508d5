namespace FleetProf.Architecture.Tests;

/// <summary>Boundaries are projects; these tests keep anybody from adding an edge without noticing.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> AllowedProjects = new(StringComparer.Ordinal)
    {
        ["FleetProf.Contracts"] = [],
        ["FleetProf.Measures"] = [],
        ["FleetProf.Analysis"] = ["FleetProf.Measures"],
        ["FleetProf.Analyzer"] = ["FleetProf.Measures", "FleetProf.Analysis"],
        ["FleetProf.Silo"] = ["FleetProf.Contracts", "FleetProf.Measures", "FleetProf.Analysis"],
        ["FleetProf.Agent"] = ["FleetProf.Measures"],
        ["FleetProf.Portal"] = ["FleetProf.Contracts"],
        ["FleetProf.Cli"] = ["FleetProf.Contracts"],
    };

    /// <summary>Whole lists where a package more would break the idea of the project.</summary>
    private static readonly Dictionary<string, string[]> AllowedPackages = new(StringComparer.Ordinal)
    {
        ["FleetProf.Contracts"] = ["Microsoft.Orleans.Sdk"],
        ["FleetProf.Measures"] = [],
        ["FleetProf.Analysis"] = [],
        ["FleetProf.Analyzer"] = ["Microsoft.Diagnostics.Tracing.TraceEvent"],
    };

    private static readonly Dictionary<string, string[]> ForbiddenPackages = new(StringComparer.Ordinal)
    {
        ["FleetProf.Silo"] = ["Microsoft.Diagnostics", "MudBlazor"],
        ["FleetProf.Agent"] = ["Microsoft.Orleans", "TraceEvent", "Dapper", "Sqlite", "Npgsql", "MudBlazor"],
        ["FleetProf.Portal"] = ["Microsoft.Diagnostics", "TraceEvent", "Dapper", "Sqlite", "Npgsql", "Orleans.Server", "Grpc"],
        ["FleetProf.Cli"] = ["Microsoft.Diagnostics", "TraceEvent", "Dapper", "Sqlite", "Npgsql", "Orleans.Server", "Orleans.Client", "Grpc"],
    };

    /// <summary>Analyzers see the sources only; nothing of them ships.</summary>
    private static readonly string[] BuildOnly = ["Microsoft.CodeAnalysis.BannedApiAnalyzers"];

    public static TheoryData<string> Projects => [.. Repository.Projects.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void ProjectReferences_OfEveryProject_StayInsideTheArchitecture(string project)
    {
        var linked = Repository.Project(project).Descendants("ProjectReference")
            .Where(reference => reference.Attribute("ReferenceOutputAssembly")?.Value != "false")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

        Assert.True(AllowedProjects.TryGetValue(project, out var allowed), $"{project} is new: say here what it may reference.");
        Assert.Subset(allowed.ToHashSet(), linked.ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void PackageReferences_OfEveryProject_StayInsideTheArchitecture(string project)
    {
        var packages = Repository.Items(project, "PackageReference").Except(BuildOnly).ToList();
        if (AllowedPackages.TryGetValue(project, out var allowed))
        {
            Assert.Equal(allowed, packages);
        }

        var forbidden = ForbiddenPackages.GetValueOrDefault(project, []);
        Assert.DoesNotContain(packages, package => forbidden.Any(part => package.Contains(part, StringComparison.OrdinalIgnoreCase)));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void ProductionProjects_Always_SeeNoTestsAndOpenThemselvesOnlyToTheirOwn(string project)
    {
        var linked = Repository.Project(project).Descendants("ProjectReference")
            .Where(reference => reference.Attribute("ReferenceOutputAssembly")?.Value != "false")
            .Select(reference => reference.Attribute("Include")!.Value);
        Assert.DoesNotContain(linked, path => path.Contains("tests/", StringComparison.Ordinal));
        Assert.All(Repository.Items(project, "InternalsVisibleTo"), friend => Assert.StartsWith(project + ".Tests", friend, StringComparison.Ordinal));
    }

    [Fact]
    public void TransitiveReferences_OfAllProjects_AreOff() =>
        Assert.Contains("<DisableTransitiveProjectReferences>true", Repository.Read("Directory.Build.props"), StringComparison.Ordinal);

    /// <summary>Else a package could change between the commit and its check.</summary>
    [Fact]
    public void LockFiles_WhereAChangeIsChecked_AreEnforced()
    {
        Assert.Contains("\nexport CI=true\nexec tests/run.sh\n", Repository.Read(".ci/run"), StringComparison.Ordinal);
        Assert.Contains("<RestoreLockedMode Condition=\"'$(CI)' == 'true'\">true</RestoreLockedMode>", Repository.Read("Directory.Build.props"), StringComparison.Ordinal);
    }

    /// <summary>The agent opens itself to nobody but its own tests, so that what it reads of targets' programs is fuzzed as a part of the fuzzer.</summary>
    [Theory]
    [InlineData("Collectors/Go/GoBuildInfo.cs", "GoBuildInfo.ReadVersion(")]
    [InlineData("Discovery/Identity/SingleFileBundle.cs", "SingleFileBundle.Open(")]
    public void Readers_OfTargetsPrograms_AreFuzzed(string source, string call)
    {
        Assert.Contains($"<Compile Include=\"../../agent/FleetProf.Agent/{source}\"", Repository.Read("tests/FleetProf.Fuzz/FleetProf.Fuzz.csproj"), StringComparison.Ordinal);
        Assert.Contains(call, Repository.Read("tests/FleetProf.Fuzz/FuzzReader.cs"), StringComparison.Ordinal);
        Assert.Contains("sharpfuzz\" \"$program\" FleetProf.Agent\n", Repository.Read("tests/fuzz.sh"), StringComparison.Ordinal);
    }

    [Fact]
    public void Versions_OfPackages_AreCentralAndLocked()
    {
        Assert.All(
            Repository.ProductionFiles("*.csproj").Concat(Repository.Files("tests", "*.csproj")),
            path =>
            {
                Assert.DoesNotContain(" Version=", Repository.Read(path), StringComparison.Ordinal);
                Assert.True(File.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(path)!, "packages.lock.json")), $"{path} has no packages.lock.json beside it.");
            });
    }
}

using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

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

    /// <summary>What the list of threats says of packages, and what the guide signs: a file without its sum would be vouched for by nobody.</summary>
    [Fact]
    public void Publish_OfEveryProgram_BillsItsPackagesAndSumsAllFiles()
    {
        var publish = Repository.Read("portal/FleetProf.Cli/publish.sh");
        var guide = Repository.Read("docs/guides/install.md");

        var published = Regex.Matches(publish, @"^  one_file (\w+/[\w.]+) ", RegexOptions.Multiline).Select(match => match.Groups[1].Value);
        var billed = Regex.Match(publish, @"for project in ([^;]+); do").Groups[1].Value.Split(' ');

        Assert.Equal(published.Order(StringComparer.Ordinal), billed.Order(StringComparer.Ordinal));
        // With it the tool takes packages of projects that are built beside a program for the program's own.
        Assert.DoesNotContain(publish.Split('\n'), line => line.Contains("dotnet-CycloneDX", StringComparison.Ordinal) && line.Contains("--recursive", StringComparison.Ordinal));
        Assert.Contains("\n  for system in \"$@\"; do bill_runtime \"$out/$name-$version.cdx.json\" \"$system\" ", publish, StringComparison.Ordinal);
        Assert.Contains("\n(cd \"$out\" && sha256sum ./*.tar.gz ./*.cdx.json > SHA256SUMS)\n", publish, StringComparison.Ordinal);
        Assert.Contains("`gpg --armor --detach-sign SHA256SUMS`", guide, StringComparison.Ordinal);
        Assert.Contains("`gpg --verify SHA256SUMS.asc SHA256SUMS && sha256sum --check --ignore-missing SHA256SUMS`", guide, StringComparison.Ordinal);
    }

    /// <summary>The tool that writes bills knows packages alone, and what a bill leaves out nobody looks for when a weakness of it becomes known.</summary>
    [Theory]
    [InlineData("linux-x64", true)]
    [InlineData("linux-arm64", false)]
    public async Task Publish_BillOfAProgram_HasTheDotnetOfItsSystemOrIsNone(string system, bool isBilled)
    {
        const string Bill =
            """
            {
              "metadata": {
                "tools": {
                  "components": []
                }
              },
              "components": [
                { "name": "Npgsql" }
              ]
            }
            """;
        const string Deps =
            """
              "targets": {
                "Program/0.1.0": {
                  "dependencies": {
                    "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64": "10.0.12"
                  }
                },
                "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/10.0.12": {
              "libraries": {
                "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/10.0.12": {
                "Npgsql/10.0.0": {
            """;
        var billing = Regex.Match(Repository.Read("portal/FleetProf.Cli/publish.sh"), "^bill_runtime\\(\\) {.*?^}$", RegexOptions.Multiline | RegexOptions.Singleline).Value;
        var folder = Directory.CreateTempSubdirectory("fleetprof-bill-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "bill"), Bill, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "deps"), Deps, TestContext.Current.CancellationToken);

            using var shell = Process.Start(new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", $"{billing}\nbill_runtime bill {system} deps"]) { WorkingDirectory = folder })!;
            await shell.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.Equal(isBilled, shell.ExitCode == 0);
            using var bill = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "bill"), TestContext.Current.CancellationToken));
            string[] names = ["Microsoft.NETCore.App.Runtime.linux-x64", "Npgsql"];
            Assert.Equal(names, bill.RootElement.GetProperty("components").EnumerateArray().Select(component => component.GetProperty("name").GetString()));
            Assert.Equal("pkg:nuget/Microsoft.NETCore.App.Runtime.linux-x64@10.0.12", bill.RootElement.GetProperty("components")[0].GetProperty("purl").GetString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A restore for one system goes without the lock files: what hosts get would be whatever the registry has.</summary>
    [Fact]
    public void Publish_BeforeItBuilds_RestoresByTheLockFiles()
    {
        var commands = Repository.Read("portal/FleetProf.Cli/publish.sh").Split('\n').Select(line => line.Trim()).Where(line => !line.StartsWith('#')).ToList();

        var restored = commands.FindIndex(line => line.StartsWith("dotnet restore FleetProf.sln --locked-mode", StringComparison.Ordinal));

        Assert.InRange(restored, 0, commands.FindIndex(line => line.Contains("dotnet publish ", StringComparison.Ordinal)) - 1);
    }

    /// <summary>Agent and silo open themselves to nobody but their own tests, so that what they read of others is fuzzed as a part of the fuzzer.</summary>
    [Theory]
    [InlineData("agent/FleetProf.Agent/Collectors/DotNet/IpcMessage.cs", "IpcMessage.ReadProcessInfo(")]
    [InlineData("agent/FleetProf.Agent/Collectors/DotNet/ProcessReading.cs", "ProcessReading.Parse(")]
    [InlineData("agent/FleetProf.Agent/Collectors/Go/GoBuildInfo.cs", "GoBuildInfo.ReadVersion(")]
    [InlineData("agent/FleetProf.Agent/Discovery/Identity/CommandLine.cs", "CommandLine.Parse(")]
    [InlineData("agent/FleetProf.Agent/Discovery/Identity/ControlGroup.cs", "ControlGroup.Membership(")]
    [InlineData("agent/FleetProf.Agent/Discovery/Identity/EntryAssembly.cs", ".ReadVersion(root)")]
    [InlineData("agent/FleetProf.Agent/Discovery/Identity/GcConfiguration.cs", "GcConfiguration.Resolve(")]
    [InlineData("agent/FleetProf.Agent/Discovery/Identity/ResourceAttributes.cs", "ResourceAttributes.Parse(")]
    [InlineData("agent/FleetProf.Agent/Discovery/Identity/SingleFileBundle.cs", "SingleFileBundle.Open(")]
    [InlineData("agent/FleetProf.Agent/Discovery/Procfs/*.cs", "ProcessEnvironment.Parse(")]
    [InlineData("agent/FleetProf.Agent/Discovery/Procfs/*.cs", "ProcessMaps.Find(")]
    [InlineData("agent/FleetProf.Agent/Discovery/Procfs/*.cs", "ProcessStart.Parse(")]
    [InlineData("agent/FleetProf.Agent/Discovery/Procfs/*.cs", "ProcessStatus.Parse(")]
    [InlineData("agent/FleetProf.Agent/Redaction/*.cs", "CommandLineRedaction.Redact(")]
    [InlineData("agent/FleetProf.Agent/Redaction/*.cs", "CommandLineMask.Of(")]
    [InlineData("contracts/FleetProf.Contracts/Access/Cluster/CertificateUri.cs", "CertificateUri.After(")]
    [InlineData("silo/FleetProf.Silo/Access/Certificates/SigningRequest.cs", "SigningRequest.Read(")]
    [InlineData("silo/FleetProf.Silo/Gateway/MessageShape.cs", "MessageShape.Of(")]
    [InlineData("silo/FleetProf.Silo/Profiles/RowStream.cs", "RowStream.ReadAsync(")]
    public void Readers_ThatNoOtherProjectSees_AreFuzzed(string source, string call)
    {
        var compiled = Regex.Matches(Repository.Read("tests/FleetProf.Fuzz/FleetProf.Fuzz.csproj"), "<Compile Include=\"([^\"]+)\"").SelectMany(match => match.Groups[1].Value.Split(';'));

        Assert.Contains($"../../{source}", compiled);
        Assert.Contains(call, string.Concat(Repository.Files("tests/FleetProf.Fuzz", "*.cs").Select(Repository.Read)), StringComparison.Ordinal);
        Assert.Contains("sharpfuzz\" \"$program\" FleetProf.Agent. FleetProf.Silo. FleetProf.Contracts.\n", Repository.Read("tests/fuzz.sh"), StringComparison.Ordinal);
    }

    /// <summary>Where the heap's limit is another, readers meet other ends than in a silo.</summary>
    [Fact]
    public void Fuzzing_OfReaders_HasTheHeapLimitThatASiloSets()
    {
        Assert.Contains("AnalyzerHeapBytes { get; set; } = 1024L * 1024 * 1024;", Repository.Read("silo/FleetProf.Silo/Captures/CaptureOptions.cs"), StringComparison.Ordinal);
        Assert.Contains("DOTNET_GCHeapHardLimit=0x40000000 ", Repository.Read("tests/fuzz.sh"), StringComparison.Ordinal);
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

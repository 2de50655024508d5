using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using FleetProf.Cli.Tests.Stub;
using FleetProf.TestKit.Goldens;

namespace FleetProf.Cli.Tests.Analyze;

[Trait("Ring", "process")]
public sealed class AnalyzeCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleetprof-cli-");

    [Theory]
    [InlineData("")]
    [InlineData("not a recording at all")]
    [InlineData("Nettrace")]
    public async Task Analyze_UnreadableFile_SaysSoAndLeavesNothing(string content)
    {
        var file = Path.Combine(_folder.FullName, "x.nettrace");
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);

        var run = await CliRun.OfAsync(new Dictionary<string, string>(), ["analyze", file]);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.StartsWith("fleetprof: ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Out);
        Assert.Single(_folder.GetFileSystemInfos());
    }

    [Theory]
    [InlineData("go/gctrace-go1.19.log", "Longest GCs (2 of 150)", "gcPauseCount         300")]
    [InlineData("jvm/g1-jdk17.log", "Longest GCs (2 of 8)", "gcPauseMaxMs         7.851")]
    public async Task Analyze_LogOfAnotherRuntime_PrintsPercentilesAndTheLongest(string log, string title, string figure)
    {
        var run = await CliRun.OfAsync(new Dictionary<string, string>(), ["analyze", PathOf(log), "--rows", "2"]);

        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        Assert.Contains(title, run.Out, StringComparison.Ordinal);
        Assert.Contains(figure, run.Out, StringComparison.Ordinal);
        Assert.Contains("gcPauseP99Ms", run.Out, StringComparison.Ordinal);
    }

    /// <summary>They stand in the order of time: the first rows are not those that a table shows.</summary>
    [Theory]
    [InlineData("json")]
    [InlineData("ndjson")]
    public async Task Analyze_AsJson_HasTheLongestGcs(string format)
    {
        var run = await CliRun.OfAsync(new Dictionary<string, string>(), ["analyze", PathOf("go/gctrace-go1.19.log"), "--rows", "2", "--to", _folder.FullName, "-o", format]);

        var written = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "gcs.json"), TestContext.Current.CancellationToken))!;
        var gcs = JsonNode.Parse(run.Out)!["gcs"]!.AsArray();
        Assert.Equal(150, gcs.Count);
        Assert.True(JsonNode.DeepEquals(written as JsonArray ?? written["rows"], gcs));
    }

    [Theory]
    [InlineData("heap")]
    [InlineData("allocsdelta")]
    [InlineData("cpu")]
    [InlineData("goroutine")]
    public async Task Analyze_ProfileOfGo_PrintsItsFunctions(string profile)
    {
        var run = await CliRun.OfAsync(new Dictionary<string, string>(), ["analyze", PathOf($"go/pprof/{profile}.pb.gz"), "--rows", "4"]);

        Golden.Verify(run.ToString(), $"analyze.go.{profile}.txt");
    }

    [Fact]
    public async Task Analyze_MissingFile_IsAUsageError() =>
        Assert.Equal(ExitCode.Usage, (await CliRun.OfAsync(new Dictionary<string, string>(), ["analyze", Path.Combine(_folder.FullName, "none")])).ExitCode);

    [Fact]
    public async Task Analyze_IntoAFolderOfAnEarlierRun_ShowsAndLeavesThisRunAlone()
    {
        await WriteAsync("notes.txt", "mine");
        await AnalyzeIntoFolderAsync(PathOf("go/pprof/cpu.pb.gz"));
        Assert.Contains("cpu.top.json", Names());

        var run = await AnalyzeIntoFolderAsync(PathOf("go/gctrace-go1.19.log"));

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("Longest GCs", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("Top methods", run.Out, StringComparison.Ordinal);
        Assert.Equal(["gcs.csv", "gcs.json", "notes.txt", "summary.json"], Names());
    }

    [Fact]
    public async Task Analyze_AgainIntoTheSameFolder_GivesTheSame()
    {
        var first = await AnalyzeIntoFolderAsync(PathOf("go/pprof/cpu.pb.gz"));
        var names = Names();

        var second = await AnalyzeIntoFolderAsync(PathOf("go/pprof/cpu.pb.gz"));

        Assert.Equal(first, second);
        Assert.Equal(names, Names());
        Assert.Contains($"All result files are in {_folder.FullName}", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Analyze_UnreadableFileIntoAFolderOfAnEarlierRun_LeavesThatRun()
    {
        await WriteAsync("x.nettrace", "not a recording at all");
        await AnalyzeIntoFolderAsync(PathOf("go/gctrace-go1.19.log"));
        var names = Names();

        var run = await AnalyzeIntoFolderAsync(Path.Combine(_folder.FullName, "x.nettrace"));

        Assert.Equal((ExitCode.Usage, ""), (run.ExitCode, run.Out));
        Assert.Equal(names, Names());
    }

    [Fact]
    public async Task Analyze_AResultOfAnEarlierRun_LeavesItAndRemovesTheOthers()
    {
        await WriteAsync("summary.json", """{"kind":"gc","files":["earlier.log","earlier.csv","../earlier"],"omittedFiles":[]}""");
        await WriteAsync("earlier.csv", "old");
        var input = Path.Combine(_folder.FullName, "earlier.log");
        File.Copy(PathOf("go/gctrace-go1.19.log"), input);

        var run = await AnalyzeIntoFolderAsync(input);

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal(["earlier.log", "gcs.csv", "gcs.json", "summary.json"], Names());
    }

    /// <summary>A summary of another program says nothing of what may be replaced.</summary>
    [Fact]
    public async Task Analyze_IntoAFolderWithAnotherProgramsSummary_RemovesNothingElse()
    {
        await WriteAsync("notes.txt", "mine");
        await WriteAsync("summary.json", """{"files":["notes.txt"]}""");

        await AnalyzeIntoFolderAsync(PathOf("go/gctrace-go1.19.log"));

        Assert.Equal(["gcs.csv", "gcs.json", "notes.txt", "summary.json"], Names());
    }

    private Task WriteAsync(string name, string content) => File.WriteAllTextAsync(Path.Combine(_folder.FullName, name), content, TestContext.Current.CancellationToken);

    private Task<CliRun> AnalyzeIntoFolderAsync(string file) => CliRun.OfAsync(new Dictionary<string, string>(), ["analyze", file, "--rows", "2", "--to", _folder.FullName]);

    private string[] Names() => [.. _folder.GetFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    private static string PathOf(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../testdata", name);

    public void Dispose() => _folder.Delete(recursive: true);
}

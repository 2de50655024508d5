using System.Runtime.CompilerServices;
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

    private static string PathOf(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../testdata", name);

    public void Dispose() => _folder.Delete(recursive: true);
}

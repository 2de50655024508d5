using FleetProf.Cli.Tests.Stub;

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

    [Fact]
    public async Task Analyze_MissingFile_IsAUsageError() =>
        Assert.Equal(ExitCode.Usage, (await CliRun.OfAsync(new Dictionary<string, string>(), ["analyze", Path.Combine(_folder.FullName, "none")])).ExitCode);

    public void Dispose() => _folder.Delete(recursive: true);
}

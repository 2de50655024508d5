using System.Runtime.CompilerServices;
using FleetProf.Cli.Tests.Stub;
using FleetProf.TestKit.Goldens;

namespace FleetProf.Cli.Tests.Analyze;

/// <summary>What a person sees of an escape report beside a profile, byte for byte, through the real analyzer.</summary>
[Trait("Ring", "process")]
public sealed class EscapeOutputTests
{
    [Theory]
    [InlineData("allocsdelta", "")]
    [InlineData("allocsdelta", "-o json")]
    [InlineData("allocsdelta", "-o csv")]
    [InlineData("allocs", "")]
    public async Task AnalyzeEscapes_OfAReportAndAProfile_PrintsWhatEachLineCosts(string profile, string options)
    {
        var run = await RunAsync("analyze", "escapes", PathOf("escapes/json"), PathOf($"pprof/{profile}.pb.gz"), "--rows", "8", options);

        Golden.Verify(run.ToString(), $"analyze.escapes.{profile}{options.Replace("-o ", ".", StringComparison.Ordinal)}.txt");
    }

    [Fact]
    public async Task AnalyzeEscapes_OfATextReport_IsTheSameReport()
    {
        // Another program's report: nothing of it meets the profile, and the warning says so.
        var run = await RunAsync("analyze", "escapes", PathOf("escapes/m2-go1.19.txt"), PathOf("pprof/allocsdelta.pb.gz"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("repeated lines", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", "pprof/allocs.pb.gz", "There is no file or folder")]
    [InlineData("escapes/json", "none", "There is no file")]
    [InlineData("escapes/json", "pprof/cpu.pb.gz", "no allocations")]
    [InlineData("gctrace-go1.19.log", "pprof/allocs.pb.gz", "says nothing of escapes")]
    public async Task AnalyzeEscapes_OfWrongFiles_SaysSo(string report, string profile, string reason)
    {
        var run = await RunAsync("analyze", "escapes", PathOf(report), PathOf(profile));

        Assert.Equal((ExitCode.Usage, ""), (run.ExitCode, run.Out));
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    private static Task<CliRun> RunAsync(params string[] words) => CliRun.OfAsync(new Dictionary<string, string>(), [.. words.SelectMany(word => word.StartsWith("-o ", StringComparison.Ordinal) ? word.Split(' ') : [word]).Where(word => word.Length > 0)]);

    private static string PathOf(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../testdata/go", name);
}

namespace FleetProf.Analyzer.Tests.Profiles.Pprof;

/// <summary>Recorded profiles of a Go program against Go's own pprof tool.</summary>
[Trait("Ring", "process")]
public sealed class PprofOracleTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleetprof-pprof-");

    [Theory]
    [InlineData("allocs", "alloc", "alloc", "alloc_space")]
    [InlineData("allocs", "gcdump", "inuse", "inuse_space")]
    [InlineData("allocsdelta", "alloc", "alloc", "alloc_space")]
    [InlineData("heap", "alloc", "alloc", "alloc_space")]
    [InlineData("heap", "gcdump", "inuse", "inuse_space")]
    [InlineData("heapdelta", "alloc", "alloc", "alloc_space")]
    [InlineData("cpu", "trace", "cpu", "samples")]
    [InlineData("goroutine", "goroutines", "goroutine", "goroutine")]
    public void Analyze_ProfileOfGo_HasPprofsValuesOfEveryFunction(string name, string kind, string prefix, string type)
    {
        var file = PprofAnalysis.Fixture($"{name}.pb.gz");

        var (summary, output) = PprofAnalysis.Analyze(file, _folder.FullName, kind);

        var expected = GoPprof.Top(file, type).Where(row => row.Value.Cum > 0).ToDictionary();
        Assert.NotEmpty(expected);
        var actual = PprofAnalysis.Top(output, prefix);

        // A sample may have no place at all; pprof leaves it out, we name it.
        actual.Remove("[no stack]");
        Assert.Equal(expected, actual);
        Assert.Equal("Go", summary.GetProperty("runtime").GetString());
        Assert.True(summary.GetProperty("isComplete").GetBoolean());
    }

    [Fact]
    public void Export_OfAHeapProfile_KeepsAllFourTypesForPprof()
    {
        var file = PprofAnalysis.Fixture("allocs.pb.gz");

        var (_, output) = PprofAnalysis.Analyze(file, _folder.FullName);

        foreach (var type in (string[])["alloc_space", "alloc_objects", "inuse_space", "inuse_objects"])
        {
            var original = GoPprof.Top(file, type);
            Assert.Equal(original, GoPprof.Top(Path.Combine(output, "alloc.pb.gz"), type));
            Assert.Equal(original, GoPprof.Top(Path.Combine(output, "inuse.pb.gz"), type));
        }
    }

    [Fact]
    public void Analyze_OwnExport_HasTheSameFunctions()
    {
        var (_, first) = PprofAnalysis.Analyze(PprofAnalysis.Fixture("cpu.pb.gz"), _folder.FullName);

        var (_, second) = PprofAnalysis.Analyze(Path.Combine(first, "cpu.pb.gz"), _folder.FullName);

        Assert.Equal(PprofAnalysis.Top(first, "cpu"), PprofAnalysis.Top(second, "cpu"));
        Assert.Equal(CpuProfileTests.Json(first, "cpu.top.json").GetRawText(), CpuProfileTests.Json(second, "cpu.top.json").GetRawText());
    }

    public void Dispose() => _folder.Delete(recursive: true);
}

using System.Runtime.CompilerServices;
using System.Text.Json;
using FleetProf.Analyzer.Tests.Profiles;
using FleetProf.Analyzer.Tests.Profiles.Pprof;

namespace FleetProf.Analyzer.Tests.Allocations.Escapes;

/// <summary>A recorded report and profiles of one Go program through the analyzer's command.</summary>
public sealed class EscapeJoinTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleetprof-escapes-");

    [Theory]
    [InlineData("json")]
    [InlineData("json/main/main.json")]
    public void Escapes_OfARecordedProgram_RanksItsLinesAndSumsToTheProfile(string report)
    {
        var costs = Join(PathOf(report), "allocsdelta");

        var rows = costs.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(("main.churnGrow", 46, "not said"), Site(rows[0]));
        var make = rows.Single(row => row.GetProperty("line").GetInt32() == 29);
        Assert.Equal(("main.leakBuffers", 29, "escapes"), Site(make));
        Assert.Equal(("make([]byte, n)", "make([]byte, n) (non-constant size)"), (make.GetProperty("what").GetString(), make.GetProperty("reason").GetString()));
        Assert.Equal(make.GetProperty("bytes").GetDouble() / (costs.GetProperty("durationMs").GetDouble() / 1000), make.GetProperty("bytesPerSecond").GetDouble(), 0.6);
        Assert.Equal(("main.churnBox", 52, "escapes"), Site(rows.Single(row => row.GetProperty("function").GetString() == "main.churnBox")));
        Assert.Equal(("main.makeHandler", 55, "escapes"), Site(rows.Single(row => row.GetProperty("function").GetString() == "main.makeHandler")));

        // The oracle is the top table: a line belongs to one function.
        var (_, output) = PprofAnalysis.Analyze(PprofAnalysis.Fixture("allocsdelta.pb.gz"), _folder.FullName);
        var byFunction = rows.GroupBy(row => row.GetProperty("function").GetString()!).ToDictionary(function => function.Key, function => function.Sum(row => row.GetProperty("bytes").GetInt64()));
        Assert.Equal(PprofAnalysis.Top(output, "alloc").Where(row => row.Value.Self > 0).ToDictionary(row => row.Key, row => row.Value.Self), byFunction);
    }

    [Fact]
    public void Escapes_WithAProfileSinceTheStart_HasBytesAndNoRate()
    {
        var costs = Join(PathOf("json"), "allocs");

        Assert.Equal(JsonValueKind.Null, costs.GetProperty("bytesPerSecond").ValueKind);
        Assert.All(costs.GetProperty("rows").EnumerateArray(), row => Assert.Equal(JsonValueKind.Null, row.GetProperty("bytesPerSecond").ValueKind));
    }

    /// <summary>It has the types of allocations and no sample: Go tells of them only when a collection has completed.</summary>
    [Fact]
    public void Escapes_OfADifferenceWithoutACollection_SaysToTakeALongerOne()
    {
        var profile = Path.Combine(_folder.FullName, "empty.pb.gz");
        var bytes = new PprofBytes().Type(1, 2).Type(3, 4).Type(5, 2).Type(6, 4).Number(10, 1_000_000_000).Texts("", "alloc_objects", "count", "alloc_space", "bytes", "inuse_objects", "inuse_space");
        File.WriteAllBytes(profile, PprofBytes.Gzip(bytes.ToArray()));

        var (exit, _, error) = PprofAnalysis.Run("escapes", PathOf("json"), profile, "--output", Path.Combine(_folder.FullName, "out"));

        Assert.Equal(AnalyzeCommand.Unreadable, exit);
        Assert.Contains("take a longer one", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("json", "cpu.pb.gz", "no allocations")]
    [InlineData("json", "../escapes/m2-go1.19.txt", "no pprof profile")]
    [InlineData("../gctrace-go1.19.log", "allocs.pb.gz", "says nothing of escapes")]
    [InlineData("../pprof", "allocs.pb.gz", "says nothing of escapes")]
    public void Escapes_OfWrongFiles_IsUnreadableInOneLine(string report, string profile, string reason)
    {
        var (exit, output, error) = PprofAnalysis.Run("escapes", PathOf(report), PprofAnalysis.Fixture(profile), "--output", Path.Combine(_folder.FullName, "out"));

        Assert.Equal((AnalyzeCommand.Unreadable, ""), (exit, output));
        Assert.Contains(reason, Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("escapes")]
    [InlineData("escapes", "only-one")]
    [InlineData("escapes", "/nowhere/report", "/nowhere/profile")]
    [InlineData("escapes", "a", "b", "--unknown", "c")]
    public void Escapes_WithAWrongLine_IsRefused(params string[] line) => Assert.Equal(AnalyzeCommand.WrongUsage, PprofAnalysis.Run(line).Exit);

    public void Dispose() => _folder.Delete(recursive: true);

    private static (string, int, string) Site(JsonElement row) => (row.GetProperty("function").GetString()!, row.GetProperty("line").GetInt32(), row.GetProperty("verdict").GetString()!);

    private JsonElement Join(string report, string profile)
    {
        var output = Path.Combine(_folder.FullName, Guid.NewGuid().ToString("N"));
        var (exit, _, error) = PprofAnalysis.Run("escapes", report, PprofAnalysis.Fixture($"{profile}.pb.gz"), "--output", output);
        Assert.True(exit == 0, error);
        return CpuProfileTests.Json(output, "escapes.json");
    }

    private static string PathOf(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../../testdata/go/escapes", name);
}

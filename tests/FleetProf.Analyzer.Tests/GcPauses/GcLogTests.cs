using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FleetProf.Analyzer.Tests.Profiles;
using FleetProf.Analyzer.Tests.Recordings;

namespace FleetProf.Analyzer.Tests.GcPauses;

/// <summary>Text logs through the analyzer's command.</summary>
public sealed class GcLogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleetprof-gclog-");

    [Theory]
    [InlineData("go/gctrace-go1.19.log", "gctrace", "Go", 150, 300)]
    [InlineData("go/gctrace-memory-limit.log", "gctrace", "Go", 35, 70)]
    [InlineData("jvm/g1-jdk17.log", "jvmUnifiedLog", "JVM 17.0.15+6-Debian-1deb12u1", 8, 8)]
    [InlineData("jvm/zgc-jdk17.log", "jvmUnifiedLog", "JVM 17.0.21.1+2-1-deb12u1-Debian", 2, 6)]
    public void Analyze_LogWithoutKind_WritesTableAndPercentiles(string name, string format, string runtime, int collections, int pauses)
    {
        var (summary, output) = Analyze(PathOf(name));

        var rows = CpuProfileTests.Json(output, "gcs.json").EnumerateArray().ToList();
        Assert.Equal(collections, rows.Count);
        Assert.Equal(("gc", format, runtime, collections, pauses), (
            summary.GetProperty("kind").GetString(), summary.GetProperty("logFormat").GetString(), summary.GetProperty("logRuntime").GetString(),
            summary.GetProperty("gcCount").GetInt32(), summary.GetProperty("gcPauseCount").GetInt32()));
        Assert.Equal(rows.Max(row => row.GetProperty("Longest Pause MSec").GetDouble()), summary.GetProperty("gcPauseMaxMs").GetDouble(), 3);
        Assert.Equal(rows.Sum(row => row.GetProperty("Pause MSec").GetDouble()), summary.GetProperty("gcPauseTotalMs").GetDouble(), 1);
        Assert.True(summary.GetProperty("isComplete").GetBoolean());
        Assert.Equal(collections + 1, File.ReadLines(Path.Combine(output, "gcs.csv")).Count());
    }

    [Fact]
    public void Analyze_GcTrace_PercentilesAreWithinOnePercentOfTheSortedStops()
    {
        var (summary, output) = Analyze(PathOf("go/gctrace-go1.19.log"));

        var stops = CpuProfileTests.Json(output, "gcs.json").EnumerateArray()
            .SelectMany(row => new[] { row.GetProperty("First Pause MSec").GetDouble(), row.GetProperty("Last Pause MSec").GetDouble() }).Order().ToList();
        foreach (var (name, quantile) in new[] { ("gcPauseP50Ms", 0.5), ("gcPauseP95Ms", 0.95), ("gcPauseP99Ms", 0.99) })
        {
            var exact = stops[(int)Math.Floor(quantile * (stops.Count - 1))];
            Assert.InRange(summary.GetProperty(name).GetDouble(), (exact * 0.99) - 5e-5, (exact * 1.01) + 5e-5);
        }
    }

    /// <summary>Against the rings in the text, which hold the last 256 of 1,429 collections, number n at (n + 255) % 256.</summary>
    [Fact]
    public void Analyze_MemStatsOfAGoProgram_HasTheCollectionsOfItsRings()
    {
        var (summary, output) = Analyze(PathOf("go/heap-debug1.txt"));

        var lines = File.ReadAllLines(PathOf("go/heap-debug1.txt"));
        long[] Ring(string name) => [.. lines.Single(line => line.StartsWith($"# {name} = [", StringComparison.Ordinal)).Split('[', ']')[1].Split(' ').Select(long.Parse)];
        var (pauses, ends) = (Ring("PauseNs"), Ring("PauseEnd"));
        var rows = CpuProfileTests.Json(output, "gcs.json").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(1_429 - 255, 256), rows.Select(row => row.GetProperty("GC Index").GetInt32()));
        Assert.All(rows, row => Assert.Equal(pauses[(row.GetProperty("GC Index").GetInt32() + 255) % 256] / 1e6, row.GetProperty("Pause MSec").GetDouble(), 3));
        var span = (ends.Max() - ends.Min() + pauses[(1_429 - 255 + 255) % 256]) / 1e6;
        Assert.Equal(span, summary.GetProperty("durationMs").GetDouble(), 2);
        Assert.Equal(("goMemStats", "Go", 256, 1_429L - 256), (summary.GetProperty("logFormat").GetString(), summary.GetProperty("logRuntime").GetString(), summary.GetProperty("gcCount").GetInt32(), summary.GetProperty("lostEvents").GetInt64()));
        Assert.Equal(pauses.Sum() / 1e6, summary.GetProperty("gcPauseTotalMs").GetDouble(), 2);
        Assert.Contains("1173 were before", summary.GetProperty("incompleteReason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Analyze_GcTraceWithGapAndRestart_IsIncompleteAndSaysWhy()
    {
        var lines = File.ReadAllLines(PathOf("go/gctrace-memory-limit.log"));
        var file = Path.Combine(_folder.FullName, "service.log");
        File.WriteAllLines(file, ["starting", .. lines[..10], lines[10][..50], .. lines[11..20], .. lines[..5]]);

        var (summary, output) = Analyze(file);

        Assert.False(summary.GetProperty("isComplete").GetBoolean());
        Assert.Equal((24, 1L), (summary.GetProperty("gcCount").GetInt32(), summary.GetProperty("lostEvents").GetInt64()));
        Assert.Equal(3, summary.GetProperty("warnings").GetArrayLength());
        Assert.Equal([1, 2], CpuProfileTests.Json(output, "gcs.json").EnumerateArray().Select(row => row.GetProperty("Run").GetInt32()).Distinct());
    }

    [Fact]
    public void Analyze_KnownDurations_AddUpOverRuns()
    {
        var file = Path.Combine(_folder.FullName, "two.log");
        string Line(int number, double at) => string.Create(CultureInfo.InvariantCulture, $"gc {number} @{at}s 5%: 1.0+8.0+1.0 ms clock, 2+1/2/3+2 ms cpu, 10->12->4 MB, 12 MB goal, 2 P");
        File.WriteAllLines(file, [Line(1, 1), Line(2, 3), Line(1, 0.5)]);

        var (summary, _) = Analyze(file);

        Assert.Equal(3010 + 510, summary.GetProperty("durationMs").GetDouble(), 6);
        Assert.Equal(6.0 * 100 / 3520, summary.GetProperty("gcPausePercent").GetDouble(), 3);
    }

    [Fact]
    public void Analyze_RotatedLogOfAJavaMachine_SharesTheTimeThatItHolds()
    {
        var file = Path.Combine(_folder.FullName, "gc.log.1");
        string Line(int number, double at) => string.Create(CultureInfo.InvariantCulture, $"[{at:0.000}s][info][gc] GC({number}) Pause Young (Normal) (G1 Evacuation Pause) 50M->40M(96M) 50.0ms");
        File.WriteAllLines(file, [Line(512, 86_400.05), Line(513, 86_410)]);

        var (summary, _) = Analyze(file);

        Assert.Equal(10_000, summary.GetProperty("durationMs").GetDouble(), 1);
        Assert.Equal(1, summary.GetProperty("gcPausePercent").GetDouble(), 2);
        Assert.Contains("begins after", Assert.Single(summary.GetProperty("warnings").EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no collection in here\n", "auto")]
    [InlineData("", "gc")]
    [InlineData("gc 1 @0.00", "auto")]
    public async Task Analyze_TextWithoutCollections_IsUnreadable(string text, string kind)
    {
        var file = Path.Combine(_folder.FullName, "x.log");
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);

        var (exit, output, error) = await AnalyzerProcess.RunAsync("analyze", "--kind", kind, "--input", file, "--output", Path.Combine(_folder.FullName, "out"));

        Assert.Equal((AnalyzeCommand.Unreadable, ""), (exit, output));
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private (JsonElement Summary, string Output) Analyze(string input)
    {
        var output = Path.Combine(_folder.FullName, Guid.NewGuid().ToString("N"));
        using var text = new StringWriter();
        using var error = new StringWriter();
        Assert.True(AnalyzeCommand.Run(["analyze", "--input", input, "--output", output], text, error) == 0, error.ToString());
        return (JsonDocument.Parse(text.ToString()).RootElement, output);
    }

    private static string PathOf(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../testdata", name);
}

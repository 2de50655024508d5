using System.Runtime.CompilerServices;
using System.Text.Json;

namespace FleetProf.Analyzer.Tests.Profiles.Pprof;

/// <summary>Runs the analyzer's command on profiles and reads what it wrote.</summary>
internal static class PprofAnalysis
{
    public static string Fixture(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../../testdata/go/pprof", name);

    /// <summary>The summary and the folder of the results; the analysis must succeed.</summary>
    public static (JsonElement Summary, string Output) Analyze(string file, string folder, string kind = "auto")
    {
        var output = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        var (exit, text, error) = Run("analyze", "--kind", kind, "--input", file, "--output", output);
        Assert.True(exit == 0, error);
        return (JsonDocument.Parse(text).RootElement, output);
    }

    public static (int Exit, string Output, string Error) Run(params string[] args)
    {
        using var text = new StringWriter();
        using var error = new StringWriter();
        return (AnalyzeCommand.Run(args, text, error), text.ToString(), error.ToString());
    }

    public static Dictionary<string, (long Self, long Total)> Top(string output, string prefix) => CpuProfileTests.Json(output, $"{prefix}.top.json").GetProperty("rows").EnumerateArray()
        .ToDictionary(row => row.GetProperty("name").GetString()!, row => (row.GetProperty("self").GetInt64(), row.GetProperty("total").GetInt64()));
}

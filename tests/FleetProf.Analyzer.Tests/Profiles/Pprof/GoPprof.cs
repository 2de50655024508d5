using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace FleetProf.Analyzer.Tests.Profiles.Pprof;

/// <summary>The oracle: Go's own pprof tool on the same file.</summary>
internal static partial class GoPprof
{
    /// <summary>Flat and cumulative value by function, without stacks of the profiler itself.</summary>
    public static Dictionary<string, (long Flat, long Cum)> Top(string file, string type)
    {
        var start = new ProcessStartInfo("go", ["tool", "pprof", "-top", "-symbolize=none", $"-sample_index={type}", "-trim=false", .. type.EndsWith("_space", StringComparison.Ordinal) ? (string[])["-unit=bytes"] : [], @"-ignore=^(net/http/pprof|runtime/pprof)\.", file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var tool = Process.Start(start)!;
        var said = tool.StandardError.ReadToEndAsync();
        var text = tool.StandardOutput.ReadToEnd();
        tool.WaitForExit();
        Assert.True(tool.ExitCode == 0, said.Result);
        var rows = Row().Matches(text).ToDictionary(row => row.Groups["name"].Value, row => (Number(row.Groups["flat"].Value), Number(row.Groups["cum"].Value)));
        return rows;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^ *(?<flat>\d+)B? +[\d.]+% +[\d.]+% +(?<cum>\d+)B? +[\d.]+%  (?<name>.*?)(?: \((?:partial-)?inline\))?$", RegexOptions.Multiline)]
    private static partial Regex Row();
}

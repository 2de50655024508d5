using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace FleetProf.Agent.Tests.Captures.Go;

/// <summary>The oracle: what `go tool pprof -raw` reads in a profile of one value.</summary>
internal static partial class PprofRaw
{
    /// <summary>Sum of the samples none of whose functions begins as said.</summary>
    public static async Task<long> TotalAsync(string file, string ignoring)
    {
        using var tool = Process.Start(new ProcessStartInfo("go", ["tool", "pprof", "-raw", "-symbolize=none", file]) { RedirectStandardOutput = true })!;
        var text = await tool.StandardOutput.ReadToEndAsync();
        await tool.WaitForExitAsync();
        Assert.Equal(0, tool.ExitCode);
        var parts = text.Split("Locations\n");
        var ignored = Location().Matches(parts[1]).Where(location => location.Groups["functions"].Value.Contains(ignoring, StringComparison.Ordinal)).Select(location => location.Groups["id"].Value).ToHashSet();
        return Sample().Matches(parts[0]).Where(sample => !sample.Groups["places"].Value.Split(' ').Any(ignored.Contains)).Sum(sample => long.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture));
    }

    // "         70: 1 2 3 4 "
    [GeneratedRegex(@"^ +(?<value>\d+):(?<places>[\d ]*)$", RegexOptions.Multiline)]
    private static partial Regex Sample();

    // "     1: 0x437f75 M=1 runtime.gopark /usr/lib/go/src/runtime/proc.go:363 s=0", and further lines for what was inlined
    [GeneratedRegex(@"^ +(?<id>\d+): 0x(?<functions>.*(?:\n {8,}.*)*)", RegexOptions.Multiline)]
    private static partial Regex Location();
}

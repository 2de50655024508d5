using System.Diagnostics;
using System.Globalization;

namespace FleetProf.Benchmarks.Profiles;

/// <summary>What a process took from start to end.</summary>
internal sealed record ProcessCost(double WallSeconds, double CpuSeconds, long PeakBytes)
{
    /// <summary>Runs it and throws when it fails. Peak (VmHWM) and CPU time are the kernel's, read until the end: what the last milliseconds add is missed.</summary>
    public static async Task<ProcessCost> OfAsync(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        long peak = 0;
        double cpu = 0;
        while (!process.WaitForExit(5))
        {
            peak = Math.Max(peak, PeakOf(process.Id));
            cpu = Math.Max(cpu, CpuOf(process.Id));
        }

        var wall = Stopwatch.GetElapsedTime(began);
        return process.ExitCode == 0
            ? new ProcessCost(wall.TotalSeconds, cpu, peak)
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await output} {await error}");
    }

    /// <summary>Of each figure for itself.</summary>
    public static ProcessCost Median(IReadOnlyList<ProcessCost> costs) =>
        new(Middle(costs.Select(cost => cost.WallSeconds)), Middle(costs.Select(cost => cost.CpuSeconds)), (long)Middle(costs.Select(cost => (double)cost.PeakBytes)));

    private static double Middle(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

    // User and system time, fields 14 and 15 of stat, in hundredths of a second. The name before them may hold blanks.
    private static double CpuOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static long PeakOf(int pid)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) * 1024;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}

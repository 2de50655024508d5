using System.Diagnostics;
using System.Globalization;

namespace FleetProf.Benchmarks.Heaps;

/// <summary>The real analyzer as a process on a file, with what the kernel says of it.</summary>
/// <param name="Started">UTC.</param>
/// <param name="Whole">From its start to its end.</param>
/// <param name="Cpu">Of all its threads.</param>
/// <param name="PeakBytes">VmHWM.</param>
/// <param name="PeakFileBytes">RssFile at its highest: pages of the runtime's own files, which processes share.</param>
/// <param name="Said">Its summary.</param>
internal sealed record AnalyzerRun(DateTime Started, TimeSpan Whole, TimeSpan Cpu, long PeakBytes, long PeakFileBytes, string Said)
{
    public static async Task<AnalyzerRun> StartAsync(string input, string output)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var dll = Path.Combine(own.Parent!.Parent!.FullName, "FleetProf.Analyzer", own.Name, "FleetProf.Analyzer.dll");
        var started = DateTime.UtcNow;
        var start = new ProcessStartInfo("dotnet", [dll, "analyze", "--input", input, "--output", output]) { RedirectStandardOutput = true };
        start.Environment["DOTNET_gcServer"] = "0";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("the analyzer did not start");
        var said = process.StandardOutput.ReadToEndAsync();
        var (peak, file, cpu) = (0L, 0L, TimeSpan.Zero);
        while (!process.WaitForExit(TimeSpan.FromMilliseconds(20)))
        {
            try
            {
                process.Refresh();
                (peak, file, cpu) = (Math.Max(peak, Status(process.Id, "VmHWM")), Math.Max(file, Status(process.Id, "RssFile")), process.TotalProcessorTime);
            }
            catch (Exception gone) when (gone is InvalidOperationException or IOException)
            {
                // It ended between two looks.
            }
        }

        return new AnalyzerRun(started, process.ExitTime.ToUniversalTime() - started, cpu, peak, file, await said);
    }

    /// <summary>A figure of /proc/PID/status in bytes; 0 when it is not there.</summary>
    public static long Status(int pid, string name)
    {
        var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Trim('\t', ':'), CultureInfo.InvariantCulture) * 1024;
    }
}

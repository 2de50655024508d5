using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using FleetProf.Analysis.Heaps;

namespace FleetProf.Benchmarks.Heaps;

/// <summary>
/// From the stream of a heap snapshot to resolved references: the analyzer's reader, with all it checks and keeps, against a plain one.
/// In turns, each in a process of its own on the same file; medians.
/// </summary>
internal sealed class HeapReading(int objects, int seed)
{
    private const int Rounds = 3;

    /// <summary>One reading in this process, told on stdout: seconds, peak bytes, objects, references.</summary>
    public static void Once(bool isPlain, string path)
    {
        var started = Stopwatch.GetTimestamp();
        var (nodes, references) = isPlain ? PlainHeapReader.Read(path) : Ours(path);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Write($"{seconds} {AnalyzerRun.Status(Environment.ProcessId, "VmHWM")} {nodes} {references}");
    }

    public async Task RunAsync()
    {
        var path = Path.GetTempFileName();
        try
        {
            var (count, references) = new SyntheticHeap(objects, seed).Write(path);
            Write($"{count:N0} objects, {references:N0} references, {new FileInfo(path).Length / 1e6:N0} MB recording, seed {seed}");
            var (ours, plain) = (new List<double[]>(), new List<double[]>());
            for (var round = 0; round < Rounds; round++)
            {
                plain.Add(await ChildAsync("plain", path));
                ours.Add(await ChildAsync("ours", path));
            }

            if (ours.Concat(plain).Any(run => run[2] != count || run[3] != references))
            {
                throw new InvalidOperationException("a reader lost objects or references");
            }

            foreach (var (name, runs) in new[] { ("plain reader", plain), ("analyzer's reader", ours) })
            {
                Write($"{name}: median {Median(runs, 0):0.00} s ({string.Join(", ", runs.Select(run => run[0].ToString("0.00", CultureInfo.InvariantCulture)))}), peak resident {Median(runs, 1) / 1e6:N0} MB, {Median(runs, 1) / count:0.0} bytes per object");
            }

            Write($"ratio plain / ours: time {Median(plain, 0) / Median(ours, 0):0.0}, memory {Median(plain, 1) / Median(ours, 1):0.0}");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static double Median(List<double[]> runs, int figure) => runs.Select(run => run[figure]).Order().ElementAt(runs.Count / 2);

    private static (int Objects, int References) Ours(string path)
    {
        // The analyzer opens itself to its own tests only.
        var recording = Assembly.Load("FleetProf.Analyzer").GetType("FleetProf.Analyzer.Nettrace.Recording", throwOnError: true)!;
        var graph = (HeapGraph)recording.GetMethod("ToHeapGraph")!.Invoke(recording.GetMethod("Read")!.Invoke(null, [path]), null)!;
        return (graph.NodeCount, graph.EdgeCount);
    }

    private static async Task<double[]> ChildAsync(string which, string path)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(HeapReading).Assembly.Location, "heap-reading", which, path]) { RedirectStandardOutput = true };
        // As the analyzer runs.
        (start.Environment["DOTNET_gcServer"], start.Environment["DOTNET_gcConcurrent"], start.Environment["DOTNET_TieredPGO"]) = ("0", "0", "0");
        using var process = Process.Start(start) ?? throw new InvalidOperationException("the reader did not start");
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return [.. said.Split(' ').Select(figure => double.Parse(figure, CultureInfo.InvariantCulture))];
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Dominators;
using FleetProf.Analysis.Heaps.Suspects;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Benchmarks.Heaps;

/// <summary>
/// From the file of a heap snapshot to its answers: types, dominators, retained sizes, paths and suspects. First the real analyzer as a
/// process on a recording, time and peak memory as the kernel sees them; then each step in this process with its time and allocations.
/// </summary>
internal sealed class HeapAnswers(int objects, int seed)
{
    private static readonly string[] Answers = ["heap.types.json", "heap.suspects.json", "heap.dominators.json", "heap.paths.json", "heap.tree"];

    public async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("fleetprof-heap-").FullName;
        try
        {
            var (input, output) = (Path.Combine(folder, "heap.nettrace"), Path.Combine(folder, "out"));
            var (count, references) = new SyntheticHeap(objects, seed).Write(input);
            Print($"{count:N0} objects, {references:N0} references, {new FileInfo(input).Length / 1e6:N0} MB recording, seed {seed}, {Environment.ProcessorCount} cores, {Environment.Version}");
            await AnalyzeAsync(input, output, count);
            StoredTreeTimes.Print(Path.Combine(output, "heap.tree"), "heap.tree");
            StoredTreeTimes.Print(StoredTreeTimes.Widest(folder), "widest heap.tree");
            InProcess(Path.Combine(output, "heap.graph"), count);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task AnalyzeAsync(string input, string output, int count)
    {
        var run = await AnalyzerRun.StartAsync(input, output);
        var answered = Answers.Select(file => new FileInfo(Path.Combine(output, file))).Where(file => file.Exists).ToList();
        Print($"analyzer, file to answers: {(answered.Max(file => file.LastWriteTimeUtc) - run.Started).TotalSeconds:0.0} s; with heap.graph and heap.gcdump {run.Whole.TotalSeconds:0.0} s, {run.Cpu.TotalSeconds:0.0} s of CPU");
        Print($"analyzer, peak resident memory: {run.PeakBytes / 1e6:N0} MB, {(double)run.PeakBytes / count:0.0} bytes per object, of which {run.PeakFileBytes / 1e6:N0} MB are pages of files (the runtime's); answers written: {answered.Count} of {Answers.Length}");
        using var summary = JsonDocument.Parse(run.Said);
        foreach (var warning in summary.RootElement.GetProperty("warnings").EnumerateArray())
        {
            Print($"analyzer, warning: {warning.GetString()}");
        }

        if (File.Exists(Path.Combine(output, "heap.suspects.json")))
        {
            using var suspects = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(output, "heap.suspects.json")));
            Print($"first suspect: {suspects.RootElement.GetProperty("rows")[0].GetProperty("sentence").GetString()}");
        }
    }

    private static void InProcess(string file, int count)
    {
        var graph = Timed("read heap.graph", count, () =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
            return HeapGraphFile.Read(stream);
        });
        var types = TypeGroups.Of(graph);
        var tree = Timed("dominators and retained sizes", count, () => DominatorTree.Of(graph));
        var retained = Timed("retained sizes by type", count, () => RetainedSums.Of(graph, types, tree));
        Timed("types", count, () => HeapTypes.Of(graph, types, retained));
        var dominators = Timed("dominator tree by types", count, () => TypeTreeBuilder.OfDominators(graph, types, tree));
        using var shortest = Timed("shortest paths", count, () => ShortestPaths.Of(graph));
        var paths = Timed("shortest paths by types", count, () => TypeTreeBuilder.OfPaths(graph, types, shortest));
        Timed("suspects", count, () => LeakSuspects.Of(graph, dominators, retained, paths));
    }

    private static T Timed<T>(string step, int count, Func<T> run)
    {
        var (allocated, started) = (GC.GetTotalAllocatedBytes(precise: true), Stopwatch.GetTimestamp());
        var result = run();
        var elapsed = Stopwatch.GetElapsedTime(started);
        Print($"{step}: {elapsed.TotalSeconds:0.00} s, {(double)(GC.GetTotalAllocatedBytes(precise: true) - allocated) / count:0.0} bytes allocated per object");
        return result;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

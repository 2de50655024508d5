using System.Globalization;
using System.Text.Json;
using FleetProf.Agent.Collectors.DotNet.Captures;

namespace FleetProf.Benchmarks.Profiles;

/// <summary>
/// Time and memory from a .nettrace to its result files: the analyzer (flame graph, top table, pprof, collapsed and speedscope) beside
/// dotnet-trace (speedscope only), each a fresh process, on the same bytes, in turn.
/// </summary>
internal sealed class TraceAnalysis(string? file)
{
    private const int Rounds = 3;
    private const int RecordedMilliseconds = 20_000;

    public async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("fleetprof-trace-analysis-").FullName;
        var input = file ?? await RecordAsync(Path.Combine(folder, "crowd.nettrace"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{new FileInfo(input).Length / 1e6:0.0} MB"));
        var tool = Environment.GetEnvironmentVariable("FLEETPROF_DOTNET_TRACE") ?? "dotnet-trace";
        var (ours, theirs) = (new List<ProcessCost>(), new List<ProcessCost>());
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(await ProcessCost.OfAsync("dotnet", [WorkloadProcess.PathOf("FleetProf.Analyzer"), "analyze", "--kind", "trace", "--input", input, "--output", Path.Combine(folder, "ours")]));
            theirs.Add(await ProcessCost.OfAsync(tool, ["convert", "--format", "Speedscope", "--output", Path.Combine(folder, "theirs.json"), input]));
        }

        using var summary = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "ours", "summary.json")));
        Console.WriteLine($"samples: {summary.RootElement.GetProperty("cpuSampleCount")} managed, {summary.RootElement.GetProperty("externalSampleCount")} external");
        var (fast, slow) = (ProcessCost.Median(ours), ProcessCost.Median(theirs));
        Print("FleetProf.Analyzer, all files", fast);
        Print("dotnet-trace convert, speedscope", slow);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio: {slow.WallSeconds / fast.WallSeconds:0.0} times faster, {slow.PeakBytes / (double)fast.PeakBytes:0.0} times less memory (medians of {Rounds})"));
        Directory.Delete(folder, recursive: true);
    }

    private static void Print(string what, ProcessCost cost) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-36} {cost.WallSeconds,7:0.00} s wall {cost.CpuSeconds,7:0.00} s CPU {cost.PeakBytes / 1048576.0,7:0} MiB peak"));

    private static async Task<string> RecordAsync(string path)
    {
        await using var workload = await WorkloadProcess.StartAsync("Planted");
        await using var session = await workload.Endpoint.Open(TimeProvider.System).StartSessionAsync(CaptureRecipe.Trace.Request, CancellationToken.None);
        await using var output = File.Create(path);
        var copying = session.Stream.CopyToAsync(output);
        await workload.DoAsync("crowd", RecordedMilliseconds);
        await session.StopAsync(CancellationToken.None);
        await copying;
        return path;
    }
}

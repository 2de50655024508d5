using System.Text.Json;
using FleetProf.Analyzer.Tests.Recordings;

[assembly: AssemblyFixture(typeof(PlantedRecordings))]

namespace FleetProf.Analyzer.Tests.Recordings;

/// <summary>Recordings of one Planted process and what was planted in each. Made once for all tests.</summary>
public sealed class PlantedRecordings : IAsyncLifetime
{
    public const int Boxes = 20_000_000;
    public const int BoxBytes = 24;
    public const int Collections = 12;
    public const int RetainedOrders = 40_000;
    public static readonly TimeSpan Burned = TimeSpan.FromMilliseconds(1_500);

    /// <summary>The same work behind an await.</summary>
    public static readonly TimeSpan Resumed = TimeSpan.FromMilliseconds(1_000);

    public string Folder { get; } = Directory.CreateTempSubdirectory("fleetprof-analyzer-tests-").FullName;

    public string Cpu => Path.Combine(Folder, "cpu.nettrace");

    public string CpuWithoutRundown => Path.Combine(Folder, "cpu-without-rundown.nettrace");

    public string Allocations => Path.Combine(Folder, "alloc.nettrace");

    public string GarbageCollections => Path.Combine(Folder, "gc.nettrace");

    public string Heap => Path.Combine(Folder, "heap.nettrace");

    public async ValueTask InitializeAsync()
    {
        await using var planted = await PlantedProcess.StartAsync();
        await Recorder.RecordAsync(planted.Id, Recorder.Cpu, Cpu, async _ =>
        {
            await planted.DoAsync("burn", (int)Burned.TotalMilliseconds);
            await planted.DoAsync("resume", (int)Resumed.TotalMilliseconds);
        });
        await Recorder.RecordAsync(planted.Id, Recorder.Cpu, CpuWithoutRundown, _ => planted.DoAsync("burn", 1_000), hasRundown: false);
        await Recorder.RecordAsync(planted.Id, Recorder.Allocations, Allocations, _ => planted.DoAsync("box", Boxes));
        await Recorder.RecordAsync(planted.Id, Recorder.Collections, GarbageCollections, _ => planted.DoAsync("collect", Collections));
        await planted.DoAsync("retain", RetainedOrders);
        await Recorder.RecordAsync(planted.Id, Recorder.Heap, Heap, file => WaitForBytesAsync(file, RetainedOrders * 2 * 40L));
    }

    /// <summary>Analyses a file into a fresh folder and returns the summary and the folder.</summary>
    internal (JsonElement Summary, string Output) Analyze(string input, string kind = "auto", long maxOutputBytes = long.MaxValue)
    {
        var output = Path.Combine(Folder, Guid.NewGuid().ToString("N"));
        using var text = new StringWriter();
        using var error = new StringWriter();
        var exit = AnalyzeCommand.Run(["analyze", "--kind", kind, "--input", input, "--output", output, "--max-output-bytes", $"{maxOutputBytes}"], text, error);
        Assert.True(exit == 0, error.ToString());
        return (JsonDocument.Parse(text.ToString()).RootElement, output);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Nothing is sent before the walk's collection ends: 3,000 objects and more are at least this much.</summary>
    internal static Task WaitForWalkAsync(FileInfo file) => WaitForBytesAsync(file, 150_000);

    // Each object is about 70 bytes of stream.
    private static async Task WaitForBytesAsync(FileInfo file, long bytes)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (file.Length < bytes)
        {
            await Task.Delay(20, patience.Token);
            file.Refresh();
        }
    }
}

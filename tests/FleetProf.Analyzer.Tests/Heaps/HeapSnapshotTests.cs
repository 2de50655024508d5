using System.Text.Json;
using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Gcdump;
using FleetProf.Analyzer.Heaps;
using FleetProf.Analyzer.Tests.Profiles;
using FleetProf.Analyzer.Tests.Recordings;

namespace FleetProf.Analyzer.Tests.Heaps;

[Trait("Ring", "process")]
public sealed class HeapSnapshotTests(PlantedRecordings recordings)
{
    private const string Order = "Planted.RetainedOrder";

    /// <summary>With its lines: an array of four numbers.</summary>
    private const long OrderBytes = 32 + 40;

    [Fact]
    public void Snapshot_OfRetainedObjects_CountsThemExactly()
    {
        var (summary, output) = recordings.Analyze(recordings.Heap, "gcdump");

        var orders = CpuProfileTests.Json(output, "heap.types.json").GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("type").GetString() == Order);
        Assert.Equal(PlantedRecordings.RetainedOrders, orders.GetProperty("count").GetInt64());
        Assert.Equal(PlantedRecordings.RetainedOrders * 32L, orders.GetProperty("shallowBytes").GetInt64());
        Assert.Equal("Planted", orders.GetProperty("module").GetString());
        Assert.True(summary.GetProperty("isComplete").GetBoolean(), summary.GetProperty("incompleteReason").GetString());
        Assert.InRange(summary.GetProperty("fidelity").GetDouble(), 0.9, 1);
        Assert.EndsWith("Nothing is known to be missing.", summary.GetProperty("fidelitySentence").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Graph_OfAPlantedChain_LeadsFromTheLastOrderThroughAllOthers()
    {
        var (_, output) = recordings.Analyze(recordings.Heap, "gcdump");

        using var stream = File.OpenRead(Path.Combine(output, "heap.graph"));
        var graph = HeapGraphFile.Read(stream);
        Assert.Equal(PlantedRecordings.RetainedOrders, ChainLength(graph));
        Assert.NotEmpty(graph.Roots);
    }

    [Fact]
    public void Gcdump_WrittenFromASnapshot_ReadsBackAsTheSameHeap()
    {
        var (_, output) = recordings.Analyze(recordings.Heap, "gcdump");

        var (summary, again) = recordings.Analyze(Path.Combine(output, "heap.gcdump"));

        var before = CpuProfileTests.Json(output, "heap.types.json");
        var after = CpuProfileTests.Json(again, "heap.types.json");
        Assert.Equal(before.GetProperty("heapBytes").GetInt64(), after.GetProperty("heapBytes").GetInt64());
        Assert.Equal(before.GetProperty("edgeCount").GetInt64(), after.GetProperty("edgeCount").GetInt64());
        Assert.Equal(before.GetProperty("rootCount").GetInt64(), after.GetProperty("rootCount").GetInt64());
        Assert.Equal("gcdump", summary.GetProperty("kind").GetString());
        using var stream = File.OpenRead(Path.Combine(output, "heap.gcdump"));
        Assert.Equal(PlantedRecordings.RetainedOrders, ChainLength(GcdumpReader.Read(stream)));
    }

    [Fact]
    public void Suspects_OfAPlantedChain_NameItFirstWithTheFieldThatHoldsIt()
    {
        var (summary, output) = recordings.Analyze(recordings.Heap, "gcdump");

        var first = CpuProfileTests.Json(output, "heap.suspects.json").GetProperty("rows")[0];
        Assert.Equal(Order, first.GetProperty("type").GetString());
        Assert.Equal(PlantedRecordings.RetainedOrders, first.GetProperty("objects").GetInt64());
        Assert.Equal(PlantedRecordings.RetainedOrders * OrderBytes, first.GetProperty("retainedBytes").GetInt64());
        Assert.Equal("the static field _last", first.GetProperty("holder").GetString());
        Assert.Equal(0, summary.GetProperty("warnings").GetArrayLength());
    }

    [Fact]
    public void Tables_OfAPlantedChain_HaveItsRetainedBytesItsPathAndItsPlaceInTheTree()
    {
        var (_, output) = recordings.Analyze(recordings.Heap, "gcdump");

        JsonElement RowOf(string file, string column) =>
            CpuProfileTests.Json(output, file).GetProperty("rows").EnumerateArray().First(row => row.GetProperty(column).GetString() == Order);
        Assert.Equal(PlantedRecordings.RetainedOrders * OrderBytes, RowOf("heap.types.json", "type").GetProperty("retainedBytes").GetInt64());
        Assert.Equal(PlantedRecordings.RetainedOrders * OrderBytes, RowOf("heap.dominators.json", "name").GetProperty("retainedBytes").GetInt64());
        var path = RowOf("heap.paths.json", "type").GetProperty("paths")[0];
        Assert.Equal(["static field _last", Order], path.GetProperty("steps").EnumerateArray().Select(step => step.GetString()));
        Assert.Contains($"{Order},Planted,{PlantedRecordings.RetainedOrders},{PlantedRecordings.RetainedOrders * 32L},{PlantedRecordings.RetainedOrders * OrderBytes}\r\n",
            File.ReadAllText(Path.Combine(output, "heap.types.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_WithoutMemoryForDominators_LeaveThemOutAndSayWhy()
    {
        var (_, output) = recordings.Analyze(recordings.Heap, "gcdump");
        using var stream = File.OpenRead(Path.Combine(output, "heap.graph"));
        var poor = new OutputFolder(Path.Combine(recordings.Folder, "poor"), long.MaxValue);

        var warnings = HeapFiles.Write(HeapGraphFile.Read(stream), new GcdumpFacts(), poor, freeBytes: 1_000);

        Assert.Equal(["heap.types.json", "heap.types.csv", "heap.graph", "heap.gcdump"], poor.Files);
        Assert.StartsWith("retained sizes, paths and suspects are missing: the dominators of ", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Snapshot_WhoseFilesDoNotFit_NamesThemInAWarning()
    {
        string[] large = ["heap.graph", "heap.gcdump"];
        var (all, whole) = recordings.Analyze(recordings.Heap, "gcdump");
        var files = all.GetProperty("files").EnumerateArray().Select(file => file.GetString()!).ToList();
        var cap = files.Except(large).Sum(file => new FileInfo(Path.Combine(whole, file)).Length) + ArtifactAnalysis.SummaryBytes;

        var (summary, output) = recordings.Analyze(recordings.Heap, "gcdump", cap);

        Assert.Equal(files.Except(large), summary.GetProperty("files").EnumerateArray().Select(file => file.GetString()!));
        Assert.Equal(
            "left out, as they do not fit: heap.graph, heap.gcdump; raise FleetProf:Captures:AnalyzerOutputBytes of the silo, or use fleetprof analyze on the original, which may write more",
            Assert.Single(summary.GetProperty("warnings").EnumerateArray()).GetString());
        // Else the silo would quarantine the capture for what it says about itself.
        Assert.InRange(new DirectoryInfo(output).GetFiles().Sum(file => file.Length), 1, cap);
    }

    [Fact]
    public void Snapshot_CutInTheMiddle_IsReadAsFarAsItGoesAndMarkedIncomplete()
    {
        var cut = Path.Combine(recordings.Folder, "heap-cut.nettrace");
        var bytes = File.ReadAllBytes(recordings.Heap);
        File.WriteAllBytes(cut, bytes[..(int)(bytes.Length * 0.4)]);

        var (summary, output) = recordings.Analyze(cut, "gcdump");

        Assert.False(summary.GetProperty("isComplete").GetBoolean());
        const string caution = "counts and shallow sizes are lower bounds; retained sizes and holders may be wrong";
        Assert.Contains(summary.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains(caution, StringComparison.Ordinal));
        Assert.Contains(caution, CpuProfileTests.Json(output, "heap.suspects.json").GetProperty("note").GetString(), StringComparison.Ordinal);
        Assert.Contains("the stream ends in the middle of a block", summary.GetProperty("incompleteReason").GetString(), StringComparison.Ordinal);
        Assert.InRange(summary.GetProperty("objectCount").GetInt64(), 1, PlantedRecordings.RetainedOrders * 2L);
    }

    [Fact]
    public void Graph_AnalyzedAgain_GivesTheSameSuspects()
    {
        var (_, output) = recordings.Analyze(recordings.Heap, "gcdump");

        var (_, again) = recordings.Analyze(Path.Combine(output, "heap.graph"));

        Assert.Equal(File.ReadAllText(Path.Combine(output, "heap.suspects.json")), File.ReadAllText(Path.Combine(again, "heap.suspects.json")));
    }

    [Fact]
    public void Diff_OfARecordingAndTheGcdumpMadeOfIt_FindsNoChange()
    {
        var (_, output) = recordings.Analyze(recordings.Heap, "gcdump");
        var folder = Path.Combine(recordings.Folder, "diff");
        using var text = new StringWriter();

        Assert.Equal(AnalyzeCommand.Done, AnalyzeCommand.Run(["diff", recordings.Heap, Path.Combine(output, "heap.gcdump"), "--output", folder], text, text));

        var diff = CpuProfileTests.Json(folder, "heap.diff.json");
        Assert.Empty(diff.GetProperty("rows").EnumerateArray());
        Assert.Empty(diff.GetProperty("paths").EnumerateArray());
        Assert.True(diff.GetProperty("before").GetProperty("objectCount").GetInt64() > PlantedRecordings.RetainedOrders);
        Assert.Contains("\"kind\":\"heapDiff\",\"isComplete\":true", text.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("diff")]
    [InlineData("diff a")]
    [InlineData("diff a b --output")]
    [InlineData("diff a b --kind gcdump")]
    [InlineData("diff no-such-file no-other-file")]
    public void Diff_WithAWrongLine_SaysHowItGoes(string line)
    {
        using var error = new StringWriter();

        Assert.Equal(AnalyzeCommand.WrongUsage, AnalyzeCommand.Run(line.Split(' '), TextWriter.Null, error));
        Assert.Matches("^(usage: diff|no such file: no-such-file)", error.ToString());
    }

    [Fact]
    public void Diff_WithAFileWithoutAHeap_NamesIt()
    {
        using var error = new StringWriter();

        Assert.Equal(AnalyzeCommand.Unreadable, AnalyzeCommand.Run(["diff", recordings.Heap, recordings.GarbageCollections], TextWriter.Null, error));
        Assert.Equal("gc.nettrace: the file holds no heap snapshot", error.ToString().Trim());
    }

    private static int ChainLength(HeapGraph graph)
    {
        var type = graph.Types.Select((heapType, index) => (heapType, index)).Single(pair => pair.heapType.Name == Order).index;
        var orders = Enumerable.Range(0, graph.NodeCount).Where(node => graph.TypeIndex[node] == type).ToList();
        int[] OrdersOf(int node) => [.. graph.References(node).ToArray().Where(target => graph.TypeIndex[target] == type)];
        var referred = orders.SelectMany(OrdersOf).ToHashSet();
        var length = 0;
        for (int? at = orders.Single(order => !referred.Contains(order)); at is { } node; at = OrdersOf(node) is [var previous] ? previous : null)
        {
            length++;
        }

        return length;
    }
}

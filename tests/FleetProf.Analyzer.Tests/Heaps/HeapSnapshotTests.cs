using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Gcdump;
using FleetProf.Analyzer.Tests.Profiles;
using FleetProf.Analyzer.Tests.Recordings;

namespace FleetProf.Analyzer.Tests.Heaps;

[Trait("Ring", "process")]
public sealed class HeapSnapshotTests(PlantedRecordings recordings)
{
    private const string Order = "Planted.RetainedOrder";

    [Fact]
    public void Snapshot_OfRetainedObjects_CountsThemExactly()
    {
        var (summary, output) = recordings.Analyze(recordings.Heap, "gcdump");

        var orders = CpuProfileTests.Json(output, "heap.types.json").GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("type").GetString() == Order);
        Assert.Equal(PlantedRecordings.RetainedOrders, orders.GetProperty("count").GetInt64());
        Assert.Equal(PlantedRecordings.RetainedOrders * 32L, orders.GetProperty("shallowBytes").GetInt64());
        Assert.Equal("Planted", orders.GetProperty("module").GetString());
        Assert.True(summary.GetProperty("isComplete").GetBoolean(), summary.GetProperty("incompleteReason").GetString());
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
    public void Snapshot_CutInTheMiddle_IsReadAsFarAsItGoesAndMarkedIncomplete()
    {
        var cut = Path.Combine(recordings.Folder, "heap-cut.nettrace");
        var bytes = File.ReadAllBytes(recordings.Heap);
        File.WriteAllBytes(cut, bytes[..(int)(bytes.Length * 0.4)]);

        var (summary, _) = recordings.Analyze(cut, "gcdump");

        Assert.False(summary.GetProperty("isComplete").GetBoolean());
        Assert.Contains("the stream ends in the middle of a block", summary.GetProperty("incompleteReason").GetString(), StringComparison.Ordinal);
        Assert.InRange(summary.GetProperty("objectCount").GetInt64(), 1, PlantedRecordings.RetainedOrders * 2L);
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

using CsCheck;
using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Diffs;
using FleetProf.Analysis.Heaps.Stored;
using FleetProf.Analysis.Heaps.TypeTrees;
using FleetProf.Analysis.Tests.Heaps.Dominators;

namespace FleetProf.Analysis.Tests.Heaps.Stored;

/// <summary>What is read back against the trees that were stored.</summary>
public sealed class HeapTreeTests
{
    [Fact]
    public void Pages_OfRandomGraphs_AreTheRowsOfTheTree() => RandomGraphs.All.Sample(graph =>
    {
        var (retention, bytes) = Stored(graph);
        var tree = retention.Dominators;
        var reader = HeapTreeReader.Open(new MemoryStream(bytes));

        Assert.Equal((tree.Count, graph.HeapBytes, (long)graph.NodeCount), (reader.RowCount, reader.HeapBytes, reader.Objects));
        var pending = new Queue<(int Row, int Node)>([(0, 0)]);
        var seen = 0;
        while (pending.TryDequeue(out var pair))
        {
            seen++;
            var children = tree.Children(pair.Row).ToArray();
            var paged = Enumerable.Range(0, (children.Length / 2) + 1).SelectMany(page => reader.Children(pair.Node, page * 2, 2)).ToList();
            var node = reader.Find(pair.Node)!;
            Assert.Equal((tree.Name(pair.Row), tree[pair.Row].Objects, tree.TotalBytes(pair.Row), children.Length), (node.Name, node.Objects, node.RetainedBytes, node.ChildCount));
            Assert.Equal(pair.Row > 0 && tree[pair.Row].Type == TypeTree.NoType, node.IsHolder);
            Assert.Equal(children.Select(child => (tree.Name(child), tree.TotalBytes(child), tree[child].ShallowBytes)), paged.Select(child => (child.Name, child.RetainedBytes, child.ShallowBytes)));
            Assert.Equal(tree.PathTo(pair.Row).SkipLast(1).Select(tree.Name).Prepend("heap").Take(tree[pair.Row].Depth), reader.Ancestors(pair.Node).Select(above => above.Name));
            foreach (var (child, row) in paged.Zip(children))
            {
                Assert.Equal(pair.Node, child.Parent);
                pending.Enqueue((row, child.Id));
            }
        }

        Assert.Equal(tree.Count, seen);
        Assert.Null(reader.Find(tree.Count));
        Assert.Null(reader.Find(-1));
    }, iter: 500);

    [Fact]
    public void Paths_OfRandomGraphs_AreThoseOfTheGraph() => RandomGraphs.All.Sample(graph =>
    {
        var (retention, bytes) = Stored(graph);
        var reader = HeapTreeReader.Open(new MemoryStream(bytes));

        for (var type = 0; type < retention.Paths.Types.Count; type++)
        {
            var expected = RetentionPaths.Of(retention.Paths, type).Select(path => (string.Join(" > ", path.Steps.Select(retention.Paths.Name)), path.Objects, path.Bytes, path.Ways, path.SharedTail));

            var read = reader.PathsOf(retention.Paths.Types.Names[type].Name)!;

            Assert.Equal(expected, read.Select(path => (string.Join(" > ", path.Steps), path.Objects, path.ShallowBytes, path.Ways, path.SharedTail)));
        }

        Assert.Null(reader.PathsOf("No.Such.Type"));
    }, iter: 500);

    [Fact]
    public void Paths_OfTypesOfOneName_AreToldApartByTheirModules()
    {
        var heap = new HeapSketch();
        heap.Static(heap.Add("Shop.Orders", 32, heap.Add(new HeapType("Shop.Cart", "Shop"), 100)), "orders");
        heap.Static(heap.Add("Shop.Pages", 32, heap.Add(new HeapType("Shop.Cart", "Shop.Web"), 1_000)), "pages");
        var reader = HeapTreeReader.Open(new MemoryStream(Stored(heap.ToGraph()).Bytes));

        string[] modules = ["Shop", "Shop.Web"];
        Assert.Equal(["Shop.Orders", "Shop.Pages"], modules.Select(module => Assert.Single(reader.PathsOf("Shop.Cart", module)!).Steps[1]));
        Assert.Equal("Shop.Pages", Assert.Single(reader.PathsOf("Shop.Cart")!).Steps[1]);
        Assert.Null(reader.PathsOf("Shop.Cart", "Shop.Model"));
    }

    [Fact]
    public void State_OfRandomPairs_DiffersAsTheGraphsDo() => Gen.Select(RandomGraphs.All, RandomGraphs.All).Sample((before, after) =>
    {
        var expected = HeapDiff.Of(State(before), State(after));

        var diff = HeapDiff.Of(HeapTreeReader.Open(new MemoryStream(Stored(before).Bytes)).ToState(), HeapTreeReader.Open(new MemoryStream(Stored(after).Bytes)).ToState());

        Assert.Equal(expected.Types, diff.Types);
        Assert.Equal(expected.Paths.Select(path => path.Sentence), diff.Paths.Select(path => path.Sentence));
        Assert.Equal(expected.IsComplete, diff.IsComplete);
    }, iter: 500);

    [Fact]
    public void File_WithAnyByteChangedOrCut_IsRefusedOrAnswersWithinItself()
    {
        var heap = new HeapSketch();
        heap.Static(heap.Add("System.Collections.Generic.List`1[Shop.Session]", 32, heap.Add("Shop.Session[]", 80, heap.Many(4, _ => heap.Add("Shop.Session", 100)))), "all");
        var bytes = Stored(heap.ToGraph()).Bytes;
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var flip in (byte[])[0x01, 0x80, 0xff])
            {
                var damaged = (byte[])bytes.Clone();
                damaged[at] ^= flip;
                AskOrRefuse(damaged);
            }

            AskOrRefuse(bytes[..at]);
        }
    }

    [Fact]
    public void Name_LongerThanIsStored_IsCut()
    {
        var heap = new HeapSketch();
        heap.Static(heap.Add($"Shop.{new string('x', 1_000_000)}", 32), "all");

        var reader = HeapTreeReader.Open(new MemoryStream(Stored(heap.ToGraph()).Bytes));

        Assert.Equal(2_000, reader.Find(2)!.Name.Length);
    }

    [Fact]
    public void Suspects_OfALeak_PointAtTheirRowsInTheStoredTree()
    {
        var heap = new HeapSketch();
        heap.Static(heap.Add("System.Collections.Generic.List`1[Shop.Session]", 32, heap.Add("Shop.Session[]", 8_000, heap.Many(200, _ => heap.Add("Shop.Session", 1_000)))), "all");
        var graph = heap.ToGraph();
        var (retention, bytes) = Stored(graph);
        using var json = new MemoryStream();
        FleetProf.Analysis.Heaps.Suspects.SuspectsJson.Write(graph, retention, json);
        json.Position = 0;
        var reader = HeapTreeReader.Open(new MemoryStream(bytes));

        var path = System.Text.Json.JsonDocument.Parse(json).RootElement.GetProperty("rows")[0].GetProperty("path").EnumerateArray().ToList();

        Assert.All(path, step => Assert.Equal(step.GetProperty("name").GetString(), reader.Find(step.GetProperty("node").GetInt32())!.Name));
        Assert.Equal(path.Count, reader.Ancestors(path[^1].GetProperty("node").GetInt32()).Count);
    }

    [Fact]
    public void HeapTree_WithAnyEightBytesErased_IsAskedOrRefused()
    {
        var heap = new HeapSketch();
        heap.Static(heap.Add("Shop.Sessions", 64, heap.Add("Shop.Session", 100)), "all");
        var bytes = Stored(heap.ToGraph()).Bytes;
        for (var at = 0; at < bytes.Length; at++)
        {
            var erased = (byte[])bytes.Clone();
            erased.AsSpan(at, Math.Min(8, bytes.Length - at)).Fill(0xFF);
            AskOrRefuse(erased);

            // Found by fuzzing: a text whose length is below zero, a place behind the end of what a stream can hold.
            var damaged = (byte[])bytes.Clone();
            ((byte[])[0xFF, 0xFF, 0xFF, 0xFF, 0x0F]).AsSpan(0, Math.Min(5, bytes.Length - at)).CopyTo(damaged.AsSpan(at));
            AskOrRefuse(damaged);
            ((byte[])[0xFF, 0xFF, 0xFF, 0x7F]).AsSpan(0, Math.Min(4, bytes.Length - at)).CopyTo(damaged.AsSpan(at));
            AskOrRefuse(damaged);
        }
    }

    private static void AskOrRefuse(byte[] bytes)
    {
        try
        {
            var reader = HeapTreeReader.Open(new MemoryStream(bytes));
            for (var node = 0; node < Math.Min(reader.RowCount, 20); node++)
            {
                reader.Ancestors(node);
                Assert.True(reader.Children(node, 0, 200).Count <= 200);
            }

            HeapDiff.Of(reader.ToState(), reader.ToState());
            reader.PathsOf("Shop.Session");
        }
        catch (Exception refusal) when (refusal is InvalidDataException or EndOfStreamException or OverflowException)
        {
            // The named ways to refuse.
        }
    }

    private static HeapState State(HeapGraph graph)
    {
        var types = TypeGroups.Of(graph);
        return HeapState.Of(graph, types, HeapRetention.Of(graph, types));
    }

    private static (HeapRetention Retention, byte[] Bytes) Stored(HeapGraph graph)
    {
        var types = TypeGroups.Of(graph);
        var retention = HeapRetention.Of(graph, types);
        using var stream = new MemoryStream();
        HeapTreeWriter.Write(graph, HeapTypes.Of(graph, types, retention.RetainedByType), retention, stream);
        return (retention, stream.ToArray());
    }
}

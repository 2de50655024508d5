using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Stored;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Silo.Tests.Heaps;

/// <summary>The stored tree of a heap in which a static field holds sessions of 1,000 bytes each.</summary>
internal static class StoredSessions
{
    public const string Name = "heap.tree";

    public static byte[] Tree(int sessions, bool sawEnd = true)
    {
        var builder = new HeapGraphBuilder();
        builder.AddNode(8, 64, 1, sessions);
        for (var session = 0; session < sessions; session++)
        {
            builder.AddNode((ulong)(1_000 + (8 * session)), 1_000, 2, 0);
            builder.AddEdge((ulong)(1_000 + (8 * session)));
        }

        builder.NameType(1, new HeapType("Shop.Sessions", "Shop"));
        builder.NameType(2, new HeapType("Shop.Session", "Shop"));
        builder.AddRoot(8, HeapRootKind.StaticField, "Shop.Sessions.all");
        var graph = builder.Build(new HeapCompleteness { SawEnd = sawEnd }, pointerBytes: 8);
        var types = TypeGroups.Of(graph);
        var retention = HeapRetention.Of(graph, types);
        using var tree = new MemoryStream();
        HeapTreeWriter.Write(graph, HeapTypes.Of(graph, types, retention.RetainedByType), retention, tree);
        return tree.ToArray();
    }
}

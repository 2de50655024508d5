using FleetProf.Analysis.Heaps.Columns;
using FleetProf.Analysis.Heaps.Dominators;
using FleetProf.Analysis.Heaps.Suspects;
using FleetProf.Analysis.Heaps.Suspects.Findings;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps;

/// <summary>Everything a snapshot says about who keeps what alive.</summary>
public sealed record HeapRetention
{
    /// <summary>Per type group: bytes that would at least be freed if all objects of the type died; what several of them hold together is not counted.</summary>
    public required long[] RetainedByType { get; init; }

    /// <summary>The dominator tree by types.</summary>
    public required TypeTree Dominators { get; init; }

    /// <summary>The shortest paths by types.</summary>
    public required TypeTree Paths { get; init; }

    public required IReadOnlyList<LeakSuspect> Suspects { get; init; }

    public required IReadOnlyList<HeapFinding> Findings { get; init; }

    /// <summary>Objects that no root of the snapshot reaches.</summary>
    public required long UnreachableObjects { get; init; }

    /// <summary>Memory that <see cref="Of"/> needs beside the graph, when there is none to spare.</summary>
    public static long NeededBytes(HeapGraph graph) => Math.Max(DominatorTree.NeededBytes(graph), ShortestPaths.NeededBytes(graph));

    /// <summary>Dominators and paths at the same time, where there is memory for both: neither needs the other.</summary>
    public static HeapRetention Of(HeapGraph graph, TypeGroups types)
    {
        var isTogether = DominatorTree.NeededBytes(graph) + ShortestPaths.NeededBytes(graph) <= ColumnMemory.Free;
        var walk = isTogether ? Task.Run(() => PathsOf(graph, types)) : null;
        try
        {
            var tree = DominatorTree.Of(graph);
            var retainedBytes = RetainedSums.Of(graph, types, tree);
            var dominators = TypeTreeBuilder.OfDominators(graph, types, tree);
            var findings = HeapFindings.Of(graph, types, tree, dominators, retainedBytes);
            var unreachable = graph.NodeCount - tree.ReachableCount;
            var paths = walk?.GetAwaiter().GetResult() ?? PathsOf(graph, types);
            return new HeapRetention
            {
                RetainedByType = retainedBytes,
                Dominators = dominators,
                Paths = paths,
                Suspects = LeakSuspects.Of(graph, dominators, retainedBytes, paths),
                Findings = findings,
                UnreachableObjects = unreachable,
            };
        }
        finally
        {
            // Whatever happened here: its memory is free again only when it is done.
            walk?.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        }
    }

    private static TypeTree PathsOf(HeapGraph graph, TypeGroups types)
    {
        using var paths = ShortestPaths.Of(graph);
        return TypeTreeBuilder.OfPaths(graph, types, paths);
    }
}

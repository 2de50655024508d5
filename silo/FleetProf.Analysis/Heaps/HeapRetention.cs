using FleetProf.Analysis.Heaps.Dominators;
using FleetProf.Analysis.Heaps.Suspects;
using FleetProf.Analysis.Heaps.Suspects.Findings;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps;

/// <summary>Everything a snapshot says about who keeps what alive.</summary>
public sealed record HeapRetention
{
    /// <summary>Per type group: bytes that would be freed if all objects of the type died.</summary>
    public required long[] RetainedByType { get; init; }

    /// <summary>The dominator tree by types.</summary>
    public required TypeTree Dominators { get; init; }

    /// <summary>The shortest paths by types.</summary>
    public required TypeTree Paths { get; init; }

    public required IReadOnlyList<LeakSuspect> Suspects { get; init; }

    public required IReadOnlyList<HeapFinding> Findings { get; init; }

    /// <summary>Objects that no root of the snapshot reaches.</summary>
    public required long UnreachableObjects { get; init; }

    public static HeapRetention Of(HeapGraph graph, TypeGroups types)
    {
        var tree = DominatorTree.Of(graph);
        var retainedBytes = RetainedSums.Of(graph, types, tree);
        var dominators = TypeTreeBuilder.OfDominators(graph, types, tree);
        var findings = HeapFindings.Of(graph, types, tree, dominators);
        var unreachable = graph.NodeCount - tree.ReachableCount;
        var paths = TypeTreeBuilder.OfPaths(graph, types, ShortestPaths.Of(graph));
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
}

using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Diffs;

/// <summary>What is kept of a snapshot to compare it with another one: tables, not objects.</summary>
public sealed record HeapState
{
    public required IReadOnlyList<HeapTypeRow> Types { get; init; }

    /// <summary>The dominator tree by types; null when it was not computed.</summary>
    public required TypeTree? Dominators { get; init; }

    public required long Objects { get; init; }

    public required long HeapBytes { get; init; }

    public required HeapCompleteness Completeness { get; init; }

    /// <param name="graph">The heap.</param>
    /// <param name="types">Its type groups.</param>
    /// <param name="retention">Null compares by type and shallow bytes only.</param>
    public static HeapState Of(HeapGraph graph, TypeGroups types, HeapRetention? retention) => new()
    {
        Types = HeapTypes.Of(graph, types, retention?.RetainedByType),
        Dominators = retention?.Dominators,
        Objects = graph.NodeCount,
        HeapBytes = graph.HeapBytes,
        Completeness = graph.Completeness,
    };
}

using FleetProf.Analysis.Heaps.Dominators;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Suspects.Findings;

/// <summary>
/// What readers of heaps look for by name: events with many subscribers, collections in static fields, ConcurrentDictionary caches,
/// timers, asynchronous calls under way, the finalizer queue, pinned objects, strings and byte arrays by owner. As far as type names and references tell: a snapshot
/// holds no values, neither of strings nor of fields.
/// </summary>
public static class HeapFindings
{
    public const int MaxFindings = 50;

    /// <param name="graph">The heap.</param>
    /// <param name="types">Its types.</param>
    /// <param name="tree">Its dominators.</param>
    /// <param name="dominators">The same by types.</param>
    /// <param name="retainedBytes">Per type group, as <see cref="RetainedSums"/> adds them up.</param>
    /// <returns>Heaviest first.</returns>
    public static IReadOnlyList<HeapFinding> Of(HeapGraph graph, TypeGroups types, DominatorTree tree, TypeTree dominators, long[] retainedBytes)
    {
        var heap = new ReadHeap(graph, types, tree, dominators, retainedBytes);
        return
        [
            .. EventReader.Read(heap).Concat(TimerReader.Read(heap)).Concat(AsyncReader.Read(heap)).Concat(CollectionReader.Read(heap)).Concat(HandleReader.Read(heap)).Concat(PayloadReader.Read(heap))
                .OrderByDescending(finding => finding.RetainedBytes).ThenBy(finding => finding.Sentence, StringComparer.Ordinal).Take(MaxFindings),
        ];
    }
}

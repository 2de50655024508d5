using FleetProf.Analysis.Heaps.Diffs;

namespace FleetProf.Analysis.Heaps.Replicas;

/// <summary>What one snapshot says about a list of paths; its tree is not kept.</summary>
/// <param name="Snapshot">Which it is.</param>
/// <param name="Retained">Bytes at the end of each path, in the order of the list.</param>
/// <param name="HeapBytes">Of the whole tree.</param>
internal sealed record SnapshotReading(ReplicaSnapshot Snapshot, IReadOnlyList<long> Retained, long HeapBytes)
{
    /// <summary>Null when the snapshot has no tree.</summary>
    public static async Task<SnapshotReading?> OfAsync(ReplicaSnapshot snapshot, IReadOnlyList<IReadOnlyList<PathStep>> paths, CancellationToken cancellationToken)
    {
        if (await snapshot.OpenDominators(cancellationToken) is not { } tree)
        {
            return null;
        }

        var retained = new RetainedByPath(tree);
        return new SnapshotReading(snapshot, [.. paths.Select(retained.Of)], tree.TotalBytes(0));
    }
}

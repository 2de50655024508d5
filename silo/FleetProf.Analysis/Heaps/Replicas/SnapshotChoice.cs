namespace FleetProf.Analysis.Heaps.Replicas;

/// <summary>Which snapshots are looked at when there are more than there is time for: each one takes the reading of its whole tree.</summary>
public static class SnapshotChoice
{
    /// <param name="snapshots">In any order.</param>
    /// <param name="most">Complete snapshots at most; 2 or more.</param>
    /// <returns>
    /// In the same order: all, where they are few. Else of each replica its first, its last and some evenly between, as many as are left to
    /// it; where there is no place for two of each replica, the replicas with most snapshots. The incomplete ones stay: nothing is read of them.
    /// </returns>
    public static IReadOnlyList<ReplicaSnapshot> Of(IReadOnlyList<ReplicaSnapshot> snapshots, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 2);
        var replicas = snapshots.Where(snapshot => snapshot.IsComplete).GroupBy(snapshot => snapshot.Replica, StringComparer.Ordinal)
            .Select(replica => replica.OrderBy(snapshot => snapshot.TakenAt).ToList()).OrderByDescending(replica => replica.Count).ToList();
        if (replicas.Sum(replica => replica.Count) <= most)
        {
            return snapshots;
        }

        var chosen = new HashSet<string>(StringComparer.Ordinal);
        var (places, left) = (most, Math.Min(replicas.Count, most / 2));
        // From the fewest up: what a replica does not need is left to those that have more.
        for (; left > 0; left--)
        {
            var picked = Spread(replicas[left - 1], places / left);
            chosen.UnionWith(picked);
            places -= picked.Count;
        }

        return [.. snapshots.Where(snapshot => !snapshot.IsComplete || chosen.Contains(snapshot.Id))];
    }

    private static List<string> Spread(List<ReplicaSnapshot> replica, int most) => replica.Count <= most
        ? replica.ConvertAll(snapshot => snapshot.Id)
        : [.. Enumerable.Range(0, most).Select(place => replica[place * (replica.Count - 1) / (most - 1)].Id)];
}

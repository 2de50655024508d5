using FleetProf.Analysis.Heaps.Diffs;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Replicas;

/// <summary>
/// What grows in the heaps of a service's replicas, by dominator path: the paths of types are the same in every process, so that a leak
/// shows as one path in most of them, and a replica that is merely busier as one alone. Only complete snapshots take part.
/// </summary>
/// <param name="Replicas">Replicas with two snapshots or more.</param>
/// <param name="SingleReplicas">Replicas with one, which tell nothing about growth.</param>
/// <param name="LeftOut">Snapshots that are incomplete or have no dominator tree.</param>
/// <param name="Paths">The path that grows in most replicas first, of those the fastest.</param>
public sealed record ReplicaGrowth(int Replicas, int SingleReplicas, int LeftOut, IReadOnlyList<PathGrowth> Paths)
{
    public const int MaxPaths = 100;

    private const int MaxCandidates = 2_000;

    /// <summary>A row is left out when the rows below it explain so much of its growth, in as many replicas.</summary>
    private const double Explained = 0.8;

    /// <param name="snapshots">In any order.</param>
    /// <param name="atOnce">So many trees are read at the same time, at most: each takes a while where they are stored far away. Four times as many are in memory at most.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<ReplicaGrowth> OfAsync(IEnumerable<ReplicaSnapshot> snapshots, int atOnce = 1, CancellationToken cancellationToken = default)
    {
        var known = snapshots.ToList();
        var reading = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken };
        var replicas = known.Where(snapshot => snapshot.IsComplete).GroupBy(snapshot => snapshot.Replica, StringComparer.Ordinal)
            .Select(replica => replica.OrderBy(snapshot => snapshot.TakenAt).ToList()).ToList();
        var ends = await EachAsync(replicas, GrownAsync, reading);
        var candidates = ends.SelectMany(found => found).SelectMany(WithThoseAbove).DistinctBy(Key, StringComparer.Ordinal).Take(MaxCandidates).ToList();
        var readings = await EachAsync(replicas.SelectMany(replica => replica).ToList(), (snapshot, token) => SnapshotReading.OfAsync(snapshot, candidates, token), reading);
        var series = readings.OfType<SnapshotReading>().GroupBy(found => found.Snapshot.Replica, StringComparer.Ordinal).Select(replica => new ReplicaSeries([.. replica])).ToList();
        var told = series.FindAll(replica => replica.Snapshots >= 2);
        var grown = candidates.Select((path, index) => new PathGrowth(path, [.. told.Select(replica => replica.SlopeOf(index)).OrderByDescending(slope => slope.BytesPerHour)]))
            .Where(path => path.GrowingReplicas > 0).ToList();
        var paths = WithoutExplained(grown).OrderByDescending(path => path.GrowingReplicas).ThenByDescending(path => path.BytesPerHour).ThenBy(path => path.Path.Count).Take(MaxPaths);
        return new ReplicaGrowth(told.Count, series.Count - told.Count, known.Count - series.Sum(replica => replica.Snapshots), [.. paths]);
    }

    // Results in the order of the items.
    private static async Task<TResult[]> EachAsync<TItem, TResult>(List<TItem> items, Func<TItem, CancellationToken, Task<TResult>> read, ParallelOptions reading)
    {
        var results = new TResult[items.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, items.Count), reading, async (at, token) => results[at] = await read(items[at], token));
        return results;
    }

    // A first snapshot from the start of the process, or a last one after a cleanup, may be the odd one: where four or more tell, the slope over all does not follow it, nor
    // must the choice. Those without a tree are passed over first, else one of them at an end would stand for the odd one beside it.
    private static async Task<List<IReadOnlyList<PathStep>>> GrownAsync(List<ReplicaSnapshot> replica, CancellationToken cancellationToken)
    {
        if (await FindTreeAsync(replica, Between(-1, replica.Count - 1), cancellationToken) is not { } first
            || await FindTreeAsync(replica, Between(first.At, replica.Count).Reverse(), cancellationToken) is not { } last)
        {
            return [];
        }

        var endToEnd = GrownBetween(first.Tree, last.Tree);
        if (await FindTreeAsync(replica, Between(first.At, last.At), cancellationToken) is not { } second)
        {
            return endToEnd;
        }

        var withoutFirst = GrownBetween(second.Tree, last.Tree);
        if (await FindTreeAsync(replica, Between(second.At, last.At).Reverse(), cancellationToken) is not { } lastButOne)
        {
            return endToEnd;
        }

        return [.. endToEnd, .. withoutFirst, .. GrownBetween(first.Tree, lastButOne.Tree)];
    }

    // The first of these places with a tree; null when none has one.
    private static async Task<(int At, TypeTree Tree)?> FindTreeAsync(List<ReplicaSnapshot> replica, IEnumerable<int> places, CancellationToken cancellationToken)
    {
        foreach (var place in places)
        {
            if (await replica[place].OpenDominators(cancellationToken) is { } tree)
            {
                return (place, tree);
            }
        }

        return null;
    }

    // Without the two.
    private static IEnumerable<int> Between(int before, int after) => Enumerable.Range(before + 1, after - before - 1);

    private static List<IReadOnlyList<PathStep>> GrownBetween(TypeTree first, TypeTree last) =>
        [.. PathChanges.Of(first, last).Where(change => change.RetainedGrowth > 0).Select(change => change.Path)];

    // What grows in different places below one row, in each replica another, grows at that row in all of them.
    private static IEnumerable<IReadOnlyList<PathStep>> WithThoseAbove(IReadOnlyList<PathStep> path) => Enumerable.Range(1, path.Count).Select(count => (IReadOnlyList<PathStep>)[.. path.Take(count)]);

    // An unknown module is empty and tells as well: it is not the same as none.
    private static string Key(IReadOnlyList<PathStep> path) => string.Join('\0', path.Select(step => step.Module is null ? $"{step.Key}\0" : $"{step.Key}\0in {step.Module}"));

    // From the deepest up, so that what is below a row is decided before it.
    private static List<PathGrowth> WithoutExplained(List<PathGrowth> paths)
    {
        var kept = new List<PathGrowth>();
        foreach (var path in paths.OrderByDescending(path => path.Path.Count))
        {
            var below = kept.Where(other => other.Path.Count > path.Path.Count && other.Path.Take(path.Path.Count).SequenceEqual(path.Path)).ToList();
            var nearest = below.Where(other => !below.Exists(between => between.Path.Count < other.Path.Count && other.Path.Take(between.Path.Count).SequenceEqual(between.Path)));
            var explained = nearest.Where(other => other.GrowingReplicas >= path.GrowingReplicas).Sum(other => other.BytesPerHour);
            if (explained < Explained * path.BytesPerHour)
            {
                kept.Add(path);
            }
        }

        return kept;
    }
}
